/* SPDX-License-Identifier: Apache-2.0 */
/* The headers that the bindings are generated from; includes.txt names what of them is bound. */
#include <stddef.h>
#include <stdio.h>
#include <dirent.h>
#include <unistd.h>
#include <net/if.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* <sched.h> has it for _GNU_SOURCE alone, with which the sockets of glibc are not C. */
int setns(int fd, int nstype);
