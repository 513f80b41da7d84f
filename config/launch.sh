# shellcheck shell=bash
# Shared by ./rondo and examples/run: finds a JDK, builds a module where it is missing or stale, knows the JVM's flags.
# Works with bash 3.2 (macOS). Expects: root, the folder of the checkout.

fail() {
    printf 'rondo: %s\n' "$*" >&2
    exit 1
}

# Prints the feature version of the JDK in $1, nothing where there is none. Reads its release file: no JVM starts.
jdk_feature() {
    local line
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                line=${line#JAVA_VERSION=\"}
                printf '%s' "${line%%[!0-9]*}"
                return 0
                ;;
        esac
    done < "$1/release"
}

# A JDK 25 or later with its compiler.
usable_jdk() {
    local feature
    [ -n "$1" ] && [ -x "$1/bin/javac" ] || return 1
    feature=$(jdk_feature "$1")
    [ -n "$feature" ] && [ "$feature" -ge 25 ]
}

# The JDK that the `java` on PATH belongs to, links followed.
jdk_on_path() {
    local java link
    java=$(command -v java) || return 0
    while link=$(readlink "$java"); do
        case $link in
            /*) java=$link ;;
            *) java=$(dirname "$java")/$link ;;
        esac
    done
    dirname "$(dirname "$java")"
}

# Sets jdk.
find_jdk() {
    local candidate
    if [ -n "${RONDO_JAVA_HOME:-}" ]; then
        usable_jdk "$RONDO_JAVA_HOME" || fail "RONDO_JAVA_HOME is $RONDO_JAVA_HOME, which is no JDK 25 or later;" \
            "set it to one, or unset it to let rondo look for one"
        jdk=$RONDO_JAVA_HOME
        return
    fi
    if usable_jdk "${JAVA_HOME:-}"; then
        jdk=$JAVA_HOME
        return
    fi
    candidate=$(jdk_on_path)
    if usable_jdk "$candidate"; then
        jdk=$candidate
        return
    fi
    for candidate in /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* "${HOME:-/nowhere}"/.sdkman/candidates/java/* \
        "${HOME:-/nowhere}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if usable_jdk "$candidate"; then
            jdk=$candidate
            return
        fi
    done
    if [ -x /usr/libexec/java_home ] && candidate=$(/usr/libexec/java_home -v 25+ 2> /dev/null) &&
        usable_jdk "$candidate"; then
        jdk=$candidate
        return
    fi
    fail "no JDK 25 or later found (looked at RONDO_JAVA_HOME, JAVA_HOME, PATH and the usual folders).
Install one, then run this again:
    Debian, Ubuntu    sudo apt install openjdk-25-jdk, or temurin-25-jdk from https://adoptium.net/installation/linux
    Fedora            sudo dnf install java-25-openjdk-devel
    macOS             brew install --cask temurin@25
    SDKMAN            sdk install java 25-tem
    otherwise         unpack one from https://adoptium.net and set RONDO_JAVA_HOME to it"
}

# Sets app, the folder of the module's jars, where a build is there and no source is newer. Folders are compared as
# well as files, so a deleted source shows.
fresh() {
    local stamp=$root/.rondo/$1.built sources other
    [ -f "$stamp" ] || return 1
    IFS= read -r app < "$stamp" || return 1
    app=$root/.rondo/$app
    [ -d "$app" ] || return 1
    sources=("$root/pom.xml")
    for other in "$root"/*/src/main; do
        case $other in
            "$root/$1/src/main") ;;
            "$root/bench/src/main" | "$root/interop/src/main") # only the command line has them
                [ "$1" = cli ] || continue
                ;;
            "$root/examples/src/main" | "$root/cli/src/main" | "$root/testkit/src/main")
                continue
                ;;
        esac
        sources+=("$other" "${other%/src/main}/pom.xml")
    done
    [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

# One build at a time in a checkout: the lock is a link to the number of the process that holds it.
lock() {
    local holder
    until ln -s $$ "$root/.rondo/lock" 2> /dev/null; do
        holder=$(readlink "$root/.rondo/lock") || continue
        if ! kill -0 "$holder" 2> /dev/null; then
            mv "$root/.rondo/lock" "$root/.rondo/lock.$$" 2> /dev/null && rm -f "$root/.rondo/lock.$$"
            continue
        fi
        sleep 0.2
    done
    trap 'rm -f "$root/.rondo/lock"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

unlock() {
    rm -f "$root/.rondo/lock"
    trap - EXIT INT TERM
}

# Builds module $1 if it must. Each build gets a folder of its own, and the stamp is switched to it in one step: a
# program that still runs keeps the jars it started with. The stamp carries the time at which the build began.
build_if_stale() {
    local module=$1 log=$root/.rondo/build.log made folder begun
    fresh "$module" && return
    mkdir -p "$root/.rondo" 2> /dev/null && [ -w "$root/.rondo" ] ||
        fail "$root/.rondo: cannot be written, and a build must go there; run rondo from a checkout of your own"
    lock
    if ! fresh "$module"; then
        echo "building Rondo (the first run takes a minute or two) ..." >&2
        made=$module.$(date +%Y%m%d%H%M%S).$$
        folder=$root/.rondo/$made
        begun=$root/.rondo/begun.$$
        printf '%s\n' "$made" > "$begun"
        # Jars of an earlier version would end up on the class path.
        rm -rf "$root/$module/target/lib" "$root/$module/target/rondo-$module"-*.jar
        if ! (cd "$root" && JAVA_HOME=$jdk ./mvnw -B -q -pl "$module" -am package -Dmaven.test.skip=true) \
            < /dev/null > "$log" 2>&1; then
            rm -f "$begun"
            cat "$log" >&2
            fail "the build failed; its output is above and in $log"
        fi
        mkdir "$folder"
        cp "$root/$module"/target/lib/*.jar "$folder/"
        cp "$root/$module/target/rondo-$module"-*.jar "$folder/$module.jar"
        app=$folder
        if [ "$module" = cli ]; then
            archive_classes
        fi
        forget_old "$module"
        mv -f "$begun" "$root/.rondo/$module.built"
    fi
    unlock
}

# Keeps the build that is in use until now beside the new one, and drops those before it.
forget_old() {
    local used='' old
    [ -f "$root/.rondo/$1.built" ] && IFS= read -r used < "$root/.rondo/$1.built"
    for old in "$root/.rondo/$1".*; do
        case $old in
            "$root/.rondo/$1.built" | "$app" | "$root/.rondo/$used") ;;
            *) rm -rf "$old" ;;
        esac
    done
}

# Sets columns to the width of the terminal behind standard error, 0 where there is none.
measure_terminal() {
    columns=0
    [ -t 2 ] || return 0
    columns=$(stty size <&2 2> /dev/null) || columns=
    columns=${columns#* }
    case $columns in
        '' | 0 | *[!0-9]*) columns=80 ;;
    esac
}

# Sets class_path to the module's own jar, then its libraries, in a fixed order.
set_class_path() {
    local jar
    class_path=$app/$1.jar
    for jar in "$app"/*.jar; do
        [ "$jar" = "$app/$1.jar" ] || class_path=$class_path:$jar
    done
}

# Sets flags. The user's own come last and so win; with another collector named there, ours is left out.
set_flags() {
    flags=(-Xmx2g -XX:-UsePerfData -Xlog:disable '-Xlog:all=error,cds*=off,aot*=off:stderr'
        --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
        -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8
        -XX:ObjectAlignmentInBytes=64) # arrays aligned with the lines of the cache: products are 10 % faster
    flags+=(-XX:MaxNewSize=128m) # training leaves little alive: a small nursery is used again, where a large one is new memory
    # Until C2 has compiled a kernel it runs a hundred times slower, with an object for each vector. So kernels are compiled
    # after a fiftieth of the usual calls, and whoever calls one meanwhile waits for it.
    flags+=(-XX:CompileCommand=quiet
        '-XX:CompileCommand=CompileThresholdScaling,dev/rondo/internal/kernel/*.*,0.02'
        '-XX:CompileCommand=BackgroundCompilation,dev/rondo/internal/kernel/*.*,false'
        -XX:Tier4BackEdgeThreshold=400000) # ten times the usual: a kernel is called again soon, and not compiled twice
    # Programs begin with plain loops of the same bits, which need no such haste, nor does what only copies. The last option for a
    # method counts.
    flags+=(-Drondo.early=true)
    local plain
    for plain in 'Early*.*' 'Plain*.*' 'Scalar*.*' 'CellActivation*.*' 'Kernel*.*' 'PackedMatrix.*' 'PanelProducts.pack*' \
        'PanelProducts.panel(II)I' 'VectorKernels.pack*' VectorKernels.fillRows; do
        flags+=("-XX:CompileCommand=CompileThresholdScaling,dev/rondo/internal/kernel/$plain,1.0"
            "-XX:CompileCommand=BackgroundCompilation,dev/rondo/internal/kernel/$plain,true")
    done
    [ "$(uname -s)" != Linux ] || flags+=(-XX:+UseTransparentHugePages) # weights span thousands of small pages
    case "${JAVA_OPTS:-} ${RONDO_OPTS:-}" in
        *-XX:+Use*GC*) ;;
        *) flags+=(-XX:+UseParallelGC) ;;
    esac
    # shellcheck disable=SC2206 # several options in one variable
    flags+=(${JAVA_OPTS:-} ${RONDO_OPTS:-})
    # Without a locale the JVM would read the command line as ASCII and lose every other letter.
    case "${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}" in
        C | POSIX) export LC_ALL=C.UTF-8 ;;
    esac
}

# An archive of the classes that training and a prediction load, for start-up. Rondo runs without it too, so no failure here
# counts.
archive_classes() {
    local made=$app/archived
    set_class_path cli
    mkdir -p "$made" || return 0
    used_classes "$made/demo" dev.rondo.cli.Start demo --quick --out "$made/demo.rondo"
    used_classes "$made/predict" dev.rondo.cli.Start predict "$made/demo.rondo" --text 'a film'
    printf 'text,label\n%s\n' 'a film,a' 'no film,b' 'a book,a' 'no book,b' > "$made/texts.csv"
    used_classes "$made/train" dev.rondo.cli.Start train classify --data "$made/texts.csv" --out "$made/train.rondo" --epochs 1
    used_classes "$made/fit" dev.rondo.bench.FreshProcess S2 2
    # Numbers tell apart the classes of loaders that Rondo does not have, and would clash.
    sed -e '/ source: /d' -e 's/ id: [0-9]*$//' "$made"/*.classes > "$made/all" 2> /dev/null || true
    "$jdk/bin/java" -Xshare:dump -XX:SharedClassListFile="$made/all" -XX:SharedArchiveFile="$app/classes.jsa" \
        "${flags[@]}" -cp "$class_path" < /dev/null > /dev/null 2>&1 || rm -f "$app/classes.jsa"
    rm -rf "$made"
}

# Runs a program and lists the classes that it loads in $1.classes.
used_classes() {
    local list=$1.classes
    shift
    "$jdk/bin/java" -XX:DumpLoadedClassList="$list" "${flags[@]}" -Drondo.stderr=2 -cp "$class_path" "$@" \
        < /dev/null > /dev/null 2>&1 || true
}

# Passes standard error on without what the JVM says at start; no option silences the first of these lines.
without_jvm_notes() {
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            'WARNING: Using incubator modules: jdk.incubator.vector') ;;
            'NOTE: Picked up JDK_JAVA_OPTIONS: '*) ;;
            'Picked up JAVA_TOOL_OPTIONS: '* | 'Picked up _JAVA_OPTIONS: '*) ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
}
