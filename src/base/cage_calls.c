/* cage_calls.c - lists the system calls that a confined run does not get.
**
** mkrun needs none of these calls.  They would help a script that got hold of
** C: to start programs, to get at other processes, to change the machine, or to
** get around Landlock, which does not hold all of this (its documentation,
** "Current limitations").  Threads stay possible, because libcurl looks names
** up in one.
** SPDX-License-Identifier: MIT */
#include "base/cage_calls.h"

#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef TIOCLINUX
#define TIOCLINUX 0x541C
#endif

/* A thread of this process, in none of the namespaces that clone can make. */
#define NAMESPACES                                                             \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |               \
   CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* Low bits of a socket's type; the others are flags. */
#define TYPE 0xf

#define ANY UINT32_MAX

const struct mk_call_check mk_call_checks[] = {
    {SYS_clone, 0, 0, true, CLONE_THREAD | NAMESPACES, 1, {CLONE_THREAD}},
    /* The program has all of its code already. */
    {SYS_mmap, 2, 0, true, PROT_EXEC, 1, {0}},
    {SYS_mprotect, 2, 0, true, PROT_EXEC, 1, {0}},
    {SYS_pkey_mprotect, 2, 0, true, PROT_EXEC, 1, {0}},
    /* Sockets for HTTP and DNS.  Landlock holds no files of other programs that
    ** listen on a socket, no MPTCP and no raw packets. */
    {SYS_socket, 0, 0, true, ANY, 2, {AF_INET, AF_INET6}},
    {SYS_socket, 1, 0, true, TYPE, 2, {SOCK_STREAM, SOCK_DGRAM}},
    {SYS_socket, 2, 0, true, ANY, 3, {0, IPPROTO_TCP, IPPROTO_UDP}},
    /* A pair of another type could be connected to a file. */
    {SYS_socketpair, 1, 0, true, TYPE, 1, {SOCK_STREAM}},
    /* This flag connects without the call that Landlock looks at. */
    {SYS_sendto, 3, 0, true, MSG_FASTOPEN, 1, {0}},
    {SYS_sendmsg, 2, 0, true, MSG_FASTOPEN, 1, {0}},
    {SYS_sendmmsg, 3, 0, true, MSG_FASTOPEN, 1, {0}},
    /* These type into the terminal, for the shell that runs next. */
    {SYS_ioctl, 1, 0, false, ANY, 2, {TIOCSTI, TIOCLINUX}},
    {SYS_prctl,
     0,
     0,
     false,
     ANY,
     3,
     {PR_SET_DUMPABLE, PR_SET_PTRACER, PR_SET_MM}},
    /* Limits can be read, not set: the new limits are a null pointer. */
    {SYS_prlimit64, 2, 0, true, ANY, 1, {0}},
    {SYS_prlimit64, 2, 1, true, ANY, 1, {0}},
    {MK_CALL_END, 0, 0, false, 0, 0, {0}},
};

const int mk_call_servers[] = {SYS_listen, SYS_accept, SYS_accept4,
                               MK_CALL_END};

const int mk_call_refused[] = {
    /* Programs and processes. */
    SYS_execve,
    SYS_execveat,
    SYS_unshare,
    SYS_setns,
    SYS_personality,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_process_mrelease,
    SYS_kcmp,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_move_pages,
    SYS_migrate_pages,
    SYS_setrlimit,
    SYS_setpriority,
    SYS_ioprio_set,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_sched_setattr,
    /* Parts of the kernel with a wide surface. */
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_setup,
    SYS_io_submit,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_memfd_create,
    SYS_memfd_secret,
    SYS_remap_file_pages,
    SYS_fanotify_init,
    SYS_fanotify_mark,
    SYS_lookup_dcookie,
    SYS_vmsplice,
    /* Memory and queues that other processes share. */
    SYS_shmget,
    SYS_shmat,
    SYS_shmctl,
    SYS_semget,
    SYS_semctl,
    SYS_semop,
    SYS_semtimedop,
    SYS_msgget,
    SYS_msgsnd,
    SYS_msgrcv,
    SYS_msgctl,
    SYS_mq_open,
    SYS_mq_unlink,
    /* Files that are not opened by a path, and mounts. */
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_mount,
    SYS_umount2,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_chroot,
    SYS_pivot_root,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_quotactl_fd,
    SYS_mknodat,
    /* Properties of files, which Landlock does not hold, and truncate, which
    ** it does not hold before version 3.  fchmod and ftruncate stay. */
    SYS_truncate,
    SYS_fchmodat,
    SYS_fchownat,
    SYS_fchown,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
    SYS_utimensat,
    /* The machine. */
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_acct,
    SYS_syslog,
    SYS_vhangup,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_nfsservctl,
    /* Another user. */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_setgroups,
    SYS_capset,
/* Calls that not every machine or header has. */
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
    SYS_mknod,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
    SYS_uselib,
    SYS_create_module,
#endif
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_fchmodat2
    SYS_fchmodat2,
#endif
    457,
    458, /* statmount and listmount, on all machines */
    460, /* lsm_set_self_attr */
    MK_CALL_END,
};
