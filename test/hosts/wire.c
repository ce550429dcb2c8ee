/*
 * wire: a network cable with a length. Carries frames between two TAP devices, one inside a network namespace and one
 * outside, and delivers each frame a fixed time after it was taken; optionally no faster than a rate.
 *
 *   wire NETNS_FILE INSIDE_NAME OUTSIDE_NAME SETTINGS_FILE
 *
 * SETTINGS_FILE holds "<one-way delay in µs> <rate in kbit/s, 0 = none>" and is read again on SIGHUP. "ready" is printed
 * once both devices exist. The devices are not persistent: they vanish with this process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* With segmentation offload the kernel hands over up to 64 KiB of TCP as one "frame". */
#define LARGEST_FRAME (sizeof(struct virtio_net_hdr) + 14 + 65535)
#define FRAMES_PER_TURN 128
/* What may wait on the way: enough for 1 Gbit/s over 200 ms. */
#define LARGEST_QUEUE_BYTES (32u << 20)
/* With a rate: a router buffers this long, then drops. */
#define LONGEST_BACKLOG_NS 100000000ull

struct frame {
  struct frame *next;
  uint64_t due;
  size_t length;
  unsigned char bytes[];
};

struct direction {
  int from, to;
  struct frame *head, **tail;
  size_t queued;
  uint64_t line_free_at;
};

static uint64_t delay_ns, rate_kbit;
static volatile sig_atomic_t settings_changed;

static void die(const char *what) {
  fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static void on_hangup(int signal_number) {
  (void)signal_number;
  settings_changed = 1;
}

static void read_settings(const char *path) {
  unsigned long long delay_us, kbit;
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%llu %llu", &delay_us, &kbit) != 2) die(path);
  fclose(file);
  delay_ns = delay_us * 1000;
  rate_kbit = kbit;
}

/* Large frames are what keeps this light; behind a rate they would arrive in lumps, so there every frame is a small one. */
static void choose_offload(int device) {
  if (ioctl(device, TUNSETOFFLOAD, rate_kbit ? 0 : TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0) die("TUNSETOFFLOAD");
}

static int make_device(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) die("/dev/net/tun");
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  if (ioctl(device, TUNSETIFF, &request) < 0) die(name);
  choose_offload(device);
  return device;
}

static int make_device_in(const char *netns_file, const char *name) {
  int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int there = open(netns_file, O_RDONLY | O_CLOEXEC);
  if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0) die(netns_file);
  int device = make_device(name);
  if (setns(here, CLONE_NEWNET) < 0) die("return to the own namespace");
  close(here);
  close(there);
  return device;
}

/* When the frame reaches the far end; 0 when the line's buffer is full and the frame is lost. */
static uint64_t due_at(struct direction *way, size_t length, uint64_t now) {
  if (way->queued + length > LARGEST_QUEUE_BYTES) return 0;
  if (!rate_kbit) return now + delay_ns;
  uint64_t start = way->line_free_at > now ? way->line_free_at : now;
  if (start - now > LONGEST_BACKLOG_NS) return 0;
  way->line_free_at = start + (uint64_t)length * 8000000ull / rate_kbit;
  return way->line_free_at + delay_ns;
}

static void enqueue(struct direction *way, const unsigned char *bytes, size_t length, uint64_t now) {
  uint64_t due = due_at(way, length, now);
  struct frame *frame = due ? malloc(sizeof *frame + length) : NULL;
  if (!frame) return;
  frame->next = NULL;
  frame->due = due;
  frame->length = length;
  memcpy(frame->bytes, bytes, length);
  *way->tail = frame;
  way->tail = &frame->next;
  way->queued += length;
}

static void take_frames(struct direction *way) {
  static unsigned char buffer[LARGEST_FRAME];
  for (int count = 0; count < FRAMES_PER_TURN; count++) {
    ssize_t length = read(way->from, buffer, sizeof buffer);
    if (length > 0) {
      enqueue(way, buffer, (size_t)length, now_ns());
      continue;
    }
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    exit(0); /* EBADFD: the device went away together with its namespace */
  }
}

static void deliver_due_frames(struct direction *way) {
  while (way->head && way->head->due <= now_ns()) {
    struct frame *frame = way->head;
    ssize_t written;
    do written = write(way->to, frame->bytes, frame->length);
    while (written < 0 && errno == EINTR);
    /* Any other failure (the far end is down, no room) is a lost frame, as on any network. */
    way->head = frame->next;
    if (!way->head) way->tail = &way->head;
    way->queued -= frame->length;
    free(frame);
  }
}

static struct timespec *time_to_next(struct direction ways[2], struct timespec *timeout) {
  uint64_t next = UINT64_MAX, now = now_ns();
  for (int i = 0; i < 2; i++)
    if (ways[i].head && ways[i].head->due < next) next = ways[i].head->due;
  if (next == UINT64_MAX) return NULL;
  uint64_t wait = next > now ? next - now : 0;
  timeout->tv_sec = (time_t)(wait / 1000000000ull);
  timeout->tv_nsec = (long)(wait % 1000000000ull);
  return timeout;
}

static void carry(int inside, int outside, const char *settings_file, const sigset_t *while_waiting) {
  struct direction ways[2] = {{.from = inside, .to = outside}, {.from = outside, .to = inside}};
  struct timespec timeout;
  for (int i = 0; i < 2; i++) ways[i].tail = &ways[i].head;
  for (;;) {
    struct pollfd polled[2] = {{.fd = inside, .events = POLLIN}, {.fd = outside, .events = POLLIN}};
    if (ppoll(polled, 2, time_to_next(ways, &timeout), while_waiting) < 0 && errno != EINTR) die("ppoll");
    if (settings_changed) {
      settings_changed = 0;
      read_settings(settings_file);
      choose_offload(inside);
      choose_offload(outside);
    }
    for (int i = 0; i < 2; i++)
      if (polled[i].revents) take_frames(&ways[i]);
    for (int i = 0; i < 2; i++) deliver_due_frames(&ways[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: wire NETNS_FILE INSIDE_NAME OUTSIDE_NAME SETTINGS_FILE\n");
    return 2;
  }
  /* SIGHUP is let in only while waiting, so that it is never lost between a check and the wait. */
  sigset_t hangup, before;
  sigemptyset(&hangup);
  sigaddset(&hangup, SIGHUP);
  sigprocmask(SIG_BLOCK, &hangup, &before);
  sigdelset(&before, SIGHUP);
  signal(SIGHUP, on_hangup);
  read_settings(argv[4]);
  int inside = make_device_in(argv[1], argv[2]);
  int outside = make_device(argv[3]);
  puts("ready");
  fclose(stdout);
  carry(inside, outside, argv[4], &before);
}
