#!/usr/bin/env python3
"""check-headers.py: are the layouts and numbers in headers those of the `libc` crate's android targets?

clang evaluates them from the headers, and a crate of const assertions compares them with libc (cargo check, no linker)."""
import os, pathlib, re, subprocess, sys, tempfile
here = pathlib.Path(__file__).resolve().parent
T = {"aarch64-linux-android": ("aarch64-linux-android26", "aarch64"), "x86_64-linux-android": ("x86_64-linux-android26", "x86_64"), "armv7-linux-androideabi": ("armv7a-linux-androideabi26", "arm")}
ST = {"struct stat": "st_dev st_ino st_mode st_nlink st_uid st_gid st_rdev st_size st_blksize st_blocks st_atim:st_atime st_mtim:st_mtime st_ctim:st_ctime",
      "struct flock": "l_type l_whence l_start l_len l_pid", "struct tm": "tm_sec tm_year tm_isdst tm_gmtoff tm_zone", "struct timeval": "tv_sec tv_usec", "struct timespec": "tv_sec tv_nsec"}
TY = "pthread_mutex_t pthread_cond_t pthread_mutexattr_t pthread_key_t pthread_t pthread_attr_t off_t off64_t time_t mode_t size_t ssize_t pid_t uid_t clockid_t useconds_t ino_t dev_t".split()
N = """O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_NONBLOCK O_CLOEXEC O_NOFOLLOW O_DIRECTORY O_LARGEFILE F_GETLK F_SETLK F_SETLKW F_RDLCK F_WRLCK F_UNLCK
 F_GETFD F_SETFD F_GETFL F_SETFL FD_CLOEXEC _SC_PAGESIZE _SC_NPROCESSORS_ONLN PTHREAD_MUTEX_RECURSIVE PTHREAD_MUTEX_NORMAL PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_ANONYMOUS
 CLOCK_MONOTONIC EINTR EAGAIN ENOENT EACCES EEXIST ENOSPC EOVERFLOW ETIMEDOUT EDEADLK ENOSYS ENAMETOOLONG ENOLCK ELOOP EOPNOTSUPP ESTALE ENOTCONN R_OK W_OK X_OK F_OK SEEK_END
 S_IFMT S_IFREG S_IFDIR S_IFLNK RTLD_NOW RTLD_GLOBAL RTLD_LAZY""".split()
pairs = []                                                       # (C expression, Rust expression, name)
for c, fs in ST.items():
    r = c.split()[1]; pairs.append((f"sizeof({c})", f"size_of::<libc::{r}>()", r))
    for f in fs.split():
        a, b = (f.split(":") * 2)[:2]; pairs.append((f"__builtin_offsetof({c},{a})", f"offset_of!(libc::{r},{b})", f"{r}.{a}"))
pairs += [(f"sizeof({t})", f"size_of::<libc::{t}>()", t) for t in TY] + [(n, f"libc::{n}", n) for n in N]
inc = "".join(f"#include <{h}>\n" for h in "sys/types.h sys/stat.h sys/time.h sys/mman.h time.h fcntl.h unistd.h pthread.h errno.h dlfcn.h".split())
body = ""
for t, (ct, arch) in T.items():
    src = inc + "const long long v[]={" + ",".join(p[0] for p in pairs) + "};"
    ll = subprocess.run([os.environ.get("CLANG", "clang-19"), f"--target={ct}", "-nostdlibinc", "-isystem", here / "headers", "-x", "c", "-", "-S", "-emit-llvm", "-o", "-"], input=src, text=True, stdout=subprocess.PIPE, check=True).stdout
    v = re.findall(r"i64 (-?\d+)", re.search(r"@v = .*", ll).group(0)); assert len(v) == len(pairs)
    body += f'#[cfg(target_arch="{arch}")] mod {arch} {{ use std::mem::*;\n' + "".join(f'const _:()=assert!({r} as i64=={x},"{n}");\n' for (_, r, n), x in zip(pairs, v)) + "}\n"
d = pathlib.Path(tempfile.mkdtemp(prefix="check-headers.")); (d / "src").mkdir(); (d / "src/lib.rs").write_text(body)
(d / "Cargo.toml").write_text('[package]\nname="abi"\nversion="0.1.0"\nedition="2021"\n[dependencies]\nlibc="0.2"\n')
have = subprocess.check_output(["rustup", "target", "list", "--installed"], text=True).split(); bad = 0
for t in T:
    if t not in have: print(t, "is not installed: skipped"); continue
    rc = subprocess.run(["cargo", "check", "-q", "--target", t], cwd=d, env={**os.environ, "CARGO_TARGET_DIR": str(d / "target")}).returncode
    print(t, len(pairs), "layouts and numbers", "FAILED" if rc else "agree"); bad |= rc
sys.exit(bad)
