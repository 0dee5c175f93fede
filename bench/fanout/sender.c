/* The least that fan-out can cost: accepts any number of viewers, answers each with a head, and 30 times a second
 * hands the same part to send() for each of them. No encoding, no locks, no threads. A viewer whose socket is full
 * gets the rest of its part at later ticks and is skipped meanwhile, as in the product.
 * usage: sender PART_BYTES    prints `ready PORT` */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_VIEWERS 4096
static const long TICK_NS = 1000000000L / 30;

static const char HEAD[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                           "Content-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n--frame\r\n";

static struct { int fd; size_t sent; } viewers[MOST_VIEWERS];
static int viewer_count;

/* Headers, picture and the next boundary, as the product sends them. */
static char *make_part(size_t picture_bytes, size_t *length) {
  char *part = malloc(picture_bytes + 512);
  int head = sprintf(part, "Content-Type: image/jpeg\r\nContent-Length: %zu\r\nX-Timestamp: 1700000000.000000\r\n"
                           "X-Sequence: 1\r\nX-Timestamp-Source: arrival\r\n\r\n", picture_bytes);
  memset(part + head, 0x55, picture_bytes);
  memcpy(part + head + picture_bytes, "\r\n--frame\r\n", 11);
  *length = head + picture_bytes + 11;
  return part;
}

static void accept_viewers(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (viewer_count == MOST_VIEWERS || send(fd, HEAD, sizeof HEAD - 1, MSG_NOSIGNAL) < 0) {
      close(fd);
      continue;
    }
    viewers[viewer_count].fd = fd;
    viewers[viewer_count++].sent = 0;
  }
}

static void send_to_all(const char *part, size_t length) {
  for (int i = 0; i < viewer_count; i++) {
    size_t sent = viewers[i].sent;
    ssize_t n = send(viewers[i].fd, part + sent, length - sent, MSG_NOSIGNAL);
    if (n > 0) {
      viewers[i].sent = sent + n == length ? 0 : sent + n;
    } else if (n < 0 && errno != EAGAIN) { /* it left */
      close(viewers[i].fd);
      viewers[i--] = viewers[--viewer_count];
    }
  }
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  size_t length;
  char *part = make_part(strtoul(arguments[1], NULL, 10), &length);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1024) < 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);

  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (;;) {
    due.tv_nsec += TICK_NS;
    if (due.tv_nsec >= 1000000000L) due.tv_nsec -= 1000000000L, due.tv_sec++;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    accept_viewers(listener);
    send_to_all(part, length);
  }
}
