#!/usr/bin/env bash
# Builds the part of DJL that calls PyTorch (libdjl_torch.so) for the libtorch inside a Python torch package, so that Preflow runs
# on a CUDA that no published natives are for. Linux.
#
#   tools/cuda/build-jni.sh DJL_CHECKOUT TORCH_PACKAGE CUDA_INCLUDE
#
# DJL_CHECKOUT is a checkout of DJL at the version in pom.xml; TORCH_PACKAGE the folder torch/ of an installed Python package; CUDA_INCLUDE
# has cuda_runtime.h. The library is put into TORCH_PACKAGE/lib. Needs g++ and a JDK. Then run Preflow with
#
#   PYTORCH_LIBRARY_PATH=TORCH_PACKAGE/lib PYTORCH_FLAVOR=cu130 PYTORCH_LIBRARY_EXCLUSION=libshm.so,libtorch_python.so
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p;}' "$0" >&2; exit 2; }
djl=$1/engines/pytorch
torch=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
here=$(cd "$(dirname "$0")/../.." && pwd)
java_home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")

javac -nowarn -cp "$here/app/target/preflow/lib/*" -sourcepath "$djl/pytorch-engine/src/main/java" -h "$out" -d "$out/classes" \
    "$djl/pytorch-engine/src/main/java/ai/djl/pytorch/jni/PyTorchLibrary.java"

for source in "$djl"/pytorch-native/src/main/native/*.cc; do
    flags=(-DUSE_CUDA)
    # its one use of CUDA, a stream per inference, would need the headers of all of CUDA's libraries
    case $source in *_inference.cc) flags=() ;; esac
    echo "$(basename "$source")"
    g++ -std=c++17 -O1 -fPIC "${flags[@]}" -I"$torch/include" -I"$torch/include/torch/csrc/api/include" -I"$3" -I"$out" \
        -I"$java_home/include" -I"$java_home/include/linux" -I"$1/api/src/main/native" \
        -c "$source" -o "$out/$(basename "$source" .cc).o"
done
g++ -shared -o "$torch/lib/libdjl_torch.so" "$out"/*.o -L"$torch/lib" -Wl,--no-as-needed -ltorch -ltorch_cpu -ltorch_cuda -lc10 \
    -lc10_cuda '-Wl,-rpath,$ORIGIN' -Wl,--unresolved-symbols=ignore-in-shared-libs
echo "$torch/lib/libdjl_torch.so"
