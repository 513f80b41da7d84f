package dev.rondo.bench.lab;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A build of Rondo in a class loader of its own, so that several can be timed in one process.
///
/// @param name the folder's name
record Build(String name, ClassLoader classes) {
    /// @param folders each as for [#of]
    static List<Build> all(List<String> folders) throws IOException {
        List<Build> builds = new ArrayList<>();
        for (String folder : folders) {
            builds.add(of(Path.of(folder)));
        }
        return builds;
    }

    /// @param folder of jars, a copy of one that `./rondo` makes under `.rondo`
    static Build of(Path folder) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path jar : files) {
                jars.add(jar.toUri().toURL());
            }
        }
        if (jars.isEmpty()) {
            throw new IllegalArgumentException(
                    folder + " has no jars; give a copy of a folder like .rondo/cli.20261129085652.1800");
        }
        return new Build(folder.getFileName().toString(),
                new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    }

    /// An instance of a class of this build.
    Runnable create(Class<?> named, Class<?>[] types, Object... arguments) throws ReflectiveOperationException {
        try {
            return (Runnable) classes.loadClass(named.getName()).getConstructor(types).newInstance(arguments);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    name + " has no " + named.getSimpleName() + "; give builds that are no older", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        }
    }
}
