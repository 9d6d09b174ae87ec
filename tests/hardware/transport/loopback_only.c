/* Preloaded into pcscd by pcscd.py.

   vpcd listens on all interfaces and has no setting for it: a test must not. Whoever binds to
   "any address" gets 127.0.0.1. pcscd says "daemon ready" before its socket is there: a line of
   ours says when programs can connect. And the log is written line by line, so that it is seen
   when it is said. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in local = *(const struct sockaddr_in *)address;
        if (local.sin_addr.s_addr == htonl(INADDR_ANY))
            local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return next(fd, (const struct sockaddr *)&local, sizeof local);
    }
    return next(fd, address, length);
}

int listen(int fd, int backlog)
{
    int (*next)(int, int) = dlsym(RTLD_NEXT, "listen");
    int result = next(fd, backlog);
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    if (result == 0 && getsockname(fd, (struct sockaddr *)&own, &length) == 0 && own.ss_family == AF_UNIX)
        puts("programs can connect");
    return result;
}

__attribute__((constructor)) static void line_by_line(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
}
