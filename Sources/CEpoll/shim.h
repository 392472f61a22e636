// SPDX-License-Identifier: Apache-2.0
// epoll and eventfd, which are not among what Swift knows of the C library.
#include <sys/epoll.h>
#include <sys/eventfd.h>
