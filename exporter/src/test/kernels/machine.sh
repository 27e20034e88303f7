# shellcheck shell=bash
# Sourced by bin/test-kernels: the initramfs, which is the root of the virtual machine, and the virtual machine.
# Uses $work, $sources, $root, $JAVA, $jar and $objects.
# shellcheck disable=SC2154 # those are assigned there

# Prints the modules that one needs and itself, in the order of loading; nothing if it is built in.
modules_for() { # module modules.dep
  local line
  line=$(grep -E "/${1//_/[_-]}\.ko(\.xz)?:" "$2" | head -1) || return 0
  tr ' ' '\n' <<<"${line#*:}" | grep . | tac || true
  echo "${line%%:*}"
}

copy_modules() { # folder of the kernel's, folder
  local module name
  : >"$2/order"
  for module in virtio_pci virtiofs sch_ingress cls_bpf; do modules_for "$module" "$1/modules.dep"; done |
    awk '!seen[$0]++' | while read -r module; do
    name=$(basename "$module" .xz)
    if [[ $module == *.xz ]]; then xz -dc "$1/$module"; else cat "$1/$module"; fi >"$2/$name"
    echo "$name" >>"$2/order"
  done
}

make_initramfs() { # version
  local image=$work/initramfs directory file
  rm -rf "$image"
  mkdir -p "$image"/{bb,modules,proc,sys,dev,tmp,run,usr,shared,etc,root}
  for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$image/$directory"; done
  cp "$root$(cd "$root/" && type -P usr/bin/busybox bin/busybox | sed 's,^,/,;q')" "$image/bb/busybox"
  install -m 755 "$sources/init" "$image/init"
  # The libraries' cache is this host's; Debian's JDK keeps its settings in /etc.
  for file in nsswitch.conf ld.so.cache java-25-openjdk; do
    [[ ! -e $root/etc/$file ]] || cp -r "$root/etc/$file" "$image/etc/"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$image/etc/passwd"
  echo '127.0.0.1 localhost' >"$image/etc/hosts"
  depmod -b "$work/kernel" "$1" 2>/dev/null # it warns of lists that newer packages leave out
  copy_modules "$work/kernel/lib/modules/$1" "$image/modules"
  (cd "$image" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initramfs.gz"
}

share() { # tag folder cache
  rm -f "$work/$1.sock"
  /usr/lib/qemu/virtiofsd --socket-path="$work/$1.sock" --thread-pool-size=1 \
    -o source="$2",cache="$3" >"$work/$1.log" 2>&1 &
  children+=($!)
  until [[ -S $work/$1.sock ]]; do sleep 0.1; done
}

share_folders() {
  rm -rf "$work/shared"
  mkdir "$work/shared"
  cp "$jar" "$objects"/*.bpf.o "$sources/traffic.py" "$work/shared/"
  cp "$sources/smoke.sh" "$work/shared/run.sh"
  echo "JAVA=$JAVA" >"$work/shared/environment"
  share usr "$root/usr" always
  share shared "$work/shared" auto
}

boot() { # architecture version
  local image console machine=(qemu-system-x86_64 -M q35 -cpu max)
  console=ttyS0
  if [[ $1 == arm64 ]]; then
    machine=(qemu-system-aarch64 -M virt -cpu cortex-a72)
    console=ttyAMA0
  fi
  image=$work/kernel/boot/vmlinuz-$2
  [[ -e $image ]] || image=$work/kernel/lib/modules/$2/vmlinuz
  share_folders
  # A panic too ends qemu with 0: only the status that the guest leaves says that it passed.
  timeout -k 5 600 "${machine[@]}" -accel tcg,thread=single -m 2G \
    -object memory-backend-memfd,id=memory,size=2G,share=on -numa node,memdev=memory \
    -kernel "$image" -initrd "$work/initramfs.gz" \
    -append "console=$console quiet panic=-1 mitigations=off" -no-reboot \
    -chardev socket,id=c0,path="$work/usr.sock" -device vhost-user-fs-pci,chardev=c0,tag=usr \
    -chardev socket,id=c1,path="$work/shared.sock" -device vhost-user-fs-pci,chardev=c1,tag=shared \
    -nodefaults -no-user-config -display none -serial stdio -monitor none </dev/null | sed -u 's,\r$,,'
  [[ $(cat "$work/shared/status" 2>/dev/null) == 0 ]]
}
