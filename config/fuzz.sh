#!/bin/sh
# Fuzzes one reader of files for so many seconds, beginning with its stored corpus. What makes it fail is left in fuzz/target/found:
# mend the reader, and move the file to the corpus, fuzz/src/test/resources/corpus/READER.
# What it learns is kept in fuzz/target/work, or the folder RONDO_FUZZ_WORK, so that several short runs go on from one another.
# usage: config/fuzz.sh READER SECONDS        READER: model json keras hdf5 pickle torch safetensors vectors texts
set -eu
cd "$(dirname "$0")/.."
reader=${1:?"usage: config/fuzz.sh READER SECONDS"}
seconds=${2:-60}
corpus=fuzz/src/test/resources/corpus/$reader
[ -d "$corpus" ] || { echo "fuzz.sh: no reader '$reader'; there are: $(ls fuzz/src/test/resources/corpus | tr '\n' ' ')" >&2; exit 2; }
mvn=${MVN:-./mvnw}
found=fuzz/target/found/$reader
work=${RONDO_FUZZ_WORK:-fuzz/target/work}/$reader
[ -n "${RONDO_FUZZ_BUILT:-}" ] || "$mvn" -q -Pfuzz -pl fuzz -am test-compile \
    org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
mkdir -p "$found" "$work"
code=0
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx1g -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED \
    --add-modules=jdk.incubator.vector -Drondo.fuzz="$reader" \
    -cp "fuzz/target/test-classes:$(cat fuzz/target/classpath)" com.code_intelligence.jazzer.Jazzer \
    --target_class=dev.rondo.fuzz.Fuzz --instrumentation_includes='dev.rondo.**:io.jhdf.**' \
    --reproducer_path="$found" -artifact_prefix="$found/" -max_total_time="$seconds" --keep_going=8 -timeout=20 -rss_limit_mb=3000 \
    "$work" "$corpus" || code=$?
[ -z "$(ls "$found")" ] || { echo "fuzz.sh: what made the reader fail is in $found" >&2; exit 1; }
exit "$code"
