package dev.rondo.bench.lab;

import java.util.ArrayList;
import java.util.List;

/// Times matrix products in several builds of Rondo, which take turns of 0.2 ms on one thread, and prints how much faster they are than the
/// first.
///
/// ```text
/// java FLAGS -cp .rondo/BUILD/rondo-bench-VERSION.jar dev.rondo.bench.lab.ProductsInTurns SECONDS SHAPE,SHAPE,... FOLDER...
/// ```
///
/// with the flags of `config/launch.sh`; a shape is `MxNxK`, with a `T` behind it where A is transposed, as for gradients of weights.
public final class ProductsInTurns {
    private static final long TURN = 200_000;

    private ProductsInTurns() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 3) {
            System.err.println("usage: ProductsInTurns SECONDS MxNxK[T],... FOLDER...");
            System.exit(2);
        }
        Turns.endOnFailure();
        List<Build> builds = Build.all(List.of(args).subList(2, args.length));
        String[] shapes = args[1].split(",");
        List<List<Runnable>> products = new ArrayList<>();
        List<Turns> turns = new ArrayList<>();
        for (String shape : shapes) {
            List<Runnable> same = new ArrayList<>();
            for (Build build : builds) {
                same.add(build.create(Product.class, new Class<?>[] {String.class}, shape));
            }
            products.add(same);
            turns.add(new Turns(builds));
        }
        long begin = System.nanoTime();
        long nanos = (long) (Turns.number("SECONDS_OF_TURNS", args[0], 0) * 1e9);
        while (System.nanoTime() - begin < nanos) {
            boolean counts = System.nanoTime() - begin > nanos / 3;
            for (int s = 0; s < shapes.length; s++) {
                for (int b = 0; b < builds.size(); b++) {
                    double seconds = turn(products.get(s).get(b));
                    if (counts) {
                        turns.get(s).add(b, seconds);
                    }
                }
            }
        }
        for (int s = 0; s < shapes.length; s++) {
            turns.get(s).print(shapes[s], 1);
        }
    }

    /// @return the time of one call
    private static double turn(Runnable product) {
        product.run(); // brings its matrices into the cache
        long start = System.nanoTime();
        int calls = 0;
        while (System.nanoTime() - start < TURN) {
            product.run();
            calls++;
        }
        return (System.nanoTime() - start) * 1e-9 / calls;
    }
}
