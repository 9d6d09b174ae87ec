/* Preloaded by test_evdev.py: a pipe becomes an input device. What the program asks of it by ioctl() is
   answered as drivers/input/evdev.c does, and written to stderr: a grab that is seen here was made. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/input.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int ioctl(int fd, unsigned long request, ...)
{
    int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    struct stat what;
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (fstat(fd, &what) != 0 || !S_ISFIFO(what.st_mode) || _IOC_TYPE(request) != 'E')
        return next(fd, request, argument);
    if (request == EVIOCGRAB) {
        fprintf(stderr, "EVIOCGRAB %ld\n", (long)argument);
        return 0;
    }
    if (_IOC_NR(request) == _IOC_NR(EVIOCGNAME(0))) {
        fprintf(stderr, "EVIOCGNAME %u\n", _IOC_SIZE(request));
        strncpy(argument, "Piped Scanner", _IOC_SIZE(request));
        return strlen(argument) + 1;
    }
    return next(fd, request, argument);
}
