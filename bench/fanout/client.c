/* Many viewers of one MJPEG address, or of many: {n} in it is the viewer's number from 0. Reads only the parts' headers
 * and lets the kernel throw the pictures away (recv with MSG_TRUNC), so that 1,000 viewers at 1.2 GB/s leave the
 * machine to what is measured.
 * usage: client PORT PATH VIEWERS [lenient]    Prints `open N` when all have begun. For each line on standard input it
 * prints one line `SECONDS PARTS BYTES LEAST MEDIAN ENDED` of the time since the line before: parts and picture bytes
 * of all viewers, frames a second of the slowest and of the middle viewer, how many are gone. When a viewer is refused
 * or ends: `closed N` and exit 1; lenient, it is one that gets nothing. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_ROOM 2048

struct viewer {
  int fd;
  int begun;          /* the response's own head has been read */
  int refused;        /* it was not 200 */
  size_t head_length; /* bytes of an unfinished head in `head` */
  size_t missing;     /* bytes of the picture that have not come yet */
  uint64_t parts;
  char head[HEAD_ROOM];
};

static uint64_t picture_bytes;
static int viewer_count, begun_count, ended_count, lenient;
static struct viewer *viewers;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static int fail(const char *what) {
  fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int open_viewer(int port, const char *path, int number) {
  const char *place = strstr(path, "{n}");
  char address_of_one[256];
  if (place) {
    snprintf(address_of_one, sizeof address_of_one, "%.*s%d%s", (int)(place - path), path, number, place + 3);
    path = address_of_one;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  char request[512];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path, port);
  if (send(fd, request, length, MSG_NOSIGNAL) != length) fail("send");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

/* A whole head is in v->head, of `length` bytes: the response's, or a part's. */
static void take_head(struct viewer *v, size_t length) {
  v->head[length - 1] = 0;
  if (!v->begun) {
    if (strncmp(v->head, "HTTP/1.1 200", 12) && strncmp(v->head, "HTTP/1.0 200", 12)) {
      fprintf(stderr, "client: answered %.*s\n", (int)strcspn(v->head, "\r\n"), v->head);
      if (!lenient) exit(1);
      v->refused = 1;
    }
    v->begun = 1;
    begun_count++;
    return;
  }
  char *field = strcasestr(v->head, "content-length:");
  if (!field) { fprintf(stderr, "client: a part without Content-Length\n"); exit(1); }
  v->missing = strtoul(field + 15, NULL, 10);
  picture_bytes += v->missing;
}

/* Uses up heads and what came of the picture behind them. */
static void cut(struct viewer *v) {
  for (;;) {
    char *end = memmem(v->head, v->head_length, "\r\n\r\n", 4);
    if (!end) return;
    size_t length = end + 4 - v->head;
    take_head(v, length);
    if (v->refused) return;
    size_t here = v->head_length - length;
    size_t body = here < v->missing ? here : v->missing;
    v->missing -= body;
    if (body && !v->missing) v->parts++;
    v->head_length = here - body;
    memmove(v->head, v->head + length + body, v->head_length);
    if (v->missing) return;
  }
}

/* 0 when the response has ended. The next head is asked for together with nothing of its picture that could be
 * thrown away instead: 512 bytes hold any head, the rest of the picture goes through MSG_TRUNC. */
static int drain(struct viewer *v) {
  for (;;) {
    ssize_t n;
    if (v->missing) {
      n = recv(v->fd, NULL, v->missing, MSG_TRUNC | MSG_DONTWAIT);
      if (n > 0 && !(v->missing -= n)) v->parts++;
    } else {
      size_t room = HEAD_ROOM - v->head_length;
      if (!room) { fprintf(stderr, "client: a head without end\n"); exit(1); }
      n = recv(v->fd, v->head + v->head_length, room < 512 ? room : 512, MSG_DONTWAIT);
      if (n > 0) v->head_length += n, cut(v);
      if (v->refused) return 0;
    }
    if (n == 0) return 0;
    if (n < 0) return errno == EAGAIN || errno == EINTR;
  }
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void report(void) {
  static double since;
  static uint64_t *before, bytes_before;
  if (!before) before = calloc(viewer_count, sizeof *before);
  double now = seconds(), took = now - since;
  uint64_t *gained = malloc(viewer_count * sizeof *gained), parts = 0;
  for (int i = 0; i < viewer_count; i++) {
    gained[i] = viewers[i].parts - before[i];
    before[i] = viewers[i].parts;
    parts += gained[i];
  }
  qsort(gained, viewer_count, sizeof *gained, ascending);
  printf("%.6f %lu %lu %.3f %.3f %d\n", took, parts, picture_bytes - bytes_before, gained[0] / took,
         gained[viewer_count / 2] / took, ended_count);
  fflush(stdout);
  since = now;
  bytes_before = picture_bytes;
  free(gained);
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  lenient = count > 4;
  viewer_count = atoi(arguments[3]);
  viewers = calloc(viewer_count, sizeof *viewers);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int set = epoll_create1(0), announced = 0, opened = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(set, EPOLL_CTL_ADD, 0, &event);
  for (;;) {
    for (int burst = 0; burst < 16 && opened < viewer_count; burst++, opened++) {
      viewers[opened].fd = open_viewer(atoi(arguments[1]), arguments[2], opened);
      event = (struct epoll_event){.events = EPOLLIN, .data.u32 = opened};
      epoll_ctl(set, EPOLL_CTL_ADD, viewers[opened].fd, &event);
    }
    struct epoll_event events[256];
    int ready = epoll_wait(set, events, 256, opened < viewer_count ? 5 : -1);
    for (int i = 0; i < ready; i++) {
      uint32_t which = events[i].data.u32;
      if (which != UINT32_MAX) {
        if (drain(&viewers[which])) continue;
        if (!lenient) { printf("closed %u\n", which); return 1; }
        close(viewers[which].fd);
        if (!viewers[which].begun) begun_count++;
        ended_count++;
        continue;
      }
      char line[256];
      if (read(0, line, sizeof line) <= 0) return 0;
      report();
    }
    if (!announced && begun_count == viewer_count) {
      announced = 1;
      printf("open %d\n", viewer_count);
      fflush(stdout);
    }
  }
}
