/* An engine that answers every request with the same stream: the other side of the load path's benchmark.

   cc -O2 -o mock benchmarks/mock.c && ./mock [PORT [TOKENS [GAP_US]]]    prints the port that it listens on (0: a free one)

   POST gives a stream of TOKENS events in vLLM's form, one HTTP chunk each: in one write, or with GAP_US one event every so
   many microseconds. The first event then says when the request was read and the event written, in seconds of
   CLOCK_MONOTONIC. GET gives a small JSON object. One thread, epoll, keep-alive. It is meant for a benchmark on one machine,
   not for strangers. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1 << 16, CLIENTS = 1 << 16, EVENTS = 256, QUEUE = 1 << 16 };

struct client {
    char buffer[READ];
    size_t held;      /* bytes in the buffer */
    size_t body;      /* bytes of a body that are still to come */
    const char *out;  /* what is left to be written */
    size_t out_left;
    unsigned serial;  /* tells a connection from an earlier one with the same number */
};

/* A paced stream's next event; all gaps are equal, so the queue is in order. */
struct due {
    double at, received;
    int fd, event;
    unsigned serial;
};

static struct due queue[QUEUE];
static unsigned first_due, last_due, serials;
static double gap;
static int tokens, timer;

static struct client *clients[CLIENTS];
static char *stream;
static size_t stream_size;
static const char plain[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 49\r\n\r\n"
                            "{\"object\":\"list\",\"data\":[{\"id\":\"mock\",\"x\":true}]}";

static void add(const char *event) {
    stream_size += (size_t)sprintf(stream + stream_size, "%zx\r\n%s\r\n", strlen(event), event);
}

static const char *head = "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
                          "transfer-encoding: chunked\r\n\r\n";

static void token(char *event, size_t size, int at, const char *more) {
    snprintf(event, size,
             "data: {\"id\":\"cmpl-adf06ebbd131f7d0\",\"object\":\"text_completion\",\"created\":1795582492,\"model\":\"mock\",%s"
             "\"choices\":[{\"index\":0,\"text\":\" word\",\"logprobs\":null,\"finish_reason\":%s,\"stop_reason\":null,"
             "\"prompt_token_ids\":null,\"token_ids\":null}],\"usage\":null}\n\n",
             more, at == tokens - 1 ? "\"length\"" : "null");
}

static void finish_stream(void) {
    char event[1024];
    snprintf(event, sizeof event,
             "data: {\"id\":\"cmpl-adf06ebbd131f7d0\",\"object\":\"text_completion\",\"created\":1795582492,\"model\":\"mock\","
             "\"choices\":[],\"usage\":{\"prompt_tokens\":16,\"total_tokens\":%d,\"completion_tokens\":%d}}\n\n",
             16 + tokens, tokens);
    add(event);
    add("data: [DONE]\n\n");
    stream_size += (size_t)sprintf(stream + stream_size, "0\r\n\r\n");
}

static void build(void) {
    char event[1024];
    stream = malloc((size_t)tokens * 1100 + 4096);
    stream_size = (size_t)sprintf(stream, "%s", head);
    for (int at = 0; at < tokens; at++) {
        token(event, sizeof event, at, "");
        add(event);
    }
    finish_stream();
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void drop(int poll, int fd) {
    epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL);
    close(fd);
    free(clients[fd]);
    clients[fd] = NULL;
}

/* 0, or -1 where the connection is gone. */
static int flush(int poll, int fd) {
    struct client *one = clients[fd];
    while (one->out_left) {
        ssize_t sent = write(fd, one->out, one->out_left);
        if (sent < 0) {
            if (errno != EAGAIN) return -1;
            struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT, .data.fd = fd};
            epoll_ctl(poll, EPOLL_CTL_MOD, fd, &wanted);
            return 0;
        }
        one->out += sent;
        one->out_left -= (size_t)sent;
    }
    return 0;
}

static void set_timer(void) {
    struct itimerspec when = {0};
    if (first_due != last_due) {
        double at = queue[first_due].at;
        when.it_value.tv_sec = (time_t)at;
        when.it_value.tv_nsec = (long)((at - (double)(time_t)at) * 1e9) + 1;
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void later(struct due one) {
    queue[last_due] = one;
    last_due = (last_due + 1) % QUEUE;
}

/* Write one event of a paced stream; a client that does not read is dropped. */
static int write_event(struct due *one) {
    char event[1024], times[96] = "", out[4096];
    if (one->event == 0) snprintf(times, sizeof times, "\"received\":%.9f,\"written\":%.9f,", one->received, now());
    token(event, sizeof event, one->event, times);
    char *kept = stream;
    size_t kept_size = stream_size;
    stream = out;
    stream_size = one->event == 0 ? (size_t)sprintf(out, "%s", head) : 0;
    add(event);
    if (one->event == tokens - 1) finish_stream();
    ssize_t sent = write(one->fd, out, stream_size);
    int whole = sent == (ssize_t)stream_size;
    stream = kept;
    stream_size = kept_size;
    return whole ? 0 : -1;
}

static size_t length_in(const char *head) {
    const char *field = strcasestr(head, "\r\ncontent-length:");
    return field ? strtoul(field + 17, NULL, 10) : 0;
}

/* Answer every whole request in the buffer. */
static int serve(int poll, int fd) {
    struct client *one = clients[fd];
    for (;;) {
        size_t taken = one->body < one->held ? one->body : one->held;
        memmove(one->buffer, one->buffer + taken, one->held - taken);
        one->held -= taken;
        one->body -= taken;
        one->buffer[one->held] = 0;
        char *end = one->body ? NULL : strstr(one->buffer, "\r\n\r\n");
        if (!end) return one->held >= READ - 1 ? -1 : 0;
        int post = one->buffer[0] == 'P';
        *end = 0;
        size_t head = (size_t)(end - one->buffer) + 4, body = length_in(one->buffer);
        if (head + body <= one->held || !post) {
            memmove(one->buffer, one->buffer + head, one->held - head);
            one->held -= head;
            one->body = body;
        } else {
            *end = '\r';
            if (head + body >= READ) return -1;
            return 0;
        }
        if (post && gap > 0) {
            later((struct due){.at = now() + gap, .received = now(), .fd = fd, .serial = one->serial});
            continue;
        }
        one->out = post ? stream : plain;
        one->out_left = post ? stream_size : sizeof plain - 1;
        if (flush(poll, fd) < 0) return -1;
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, size) || listen(fd, 4096)) {
        perror("mock");
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void pace(int poll) {
    while (first_due != last_due && queue[first_due].at <= now()) {
        struct due one = queue[first_due];
        first_due = (first_due + 1) % QUEUE;
        if (!clients[one.fd] || clients[one.fd]->serial != one.serial) continue;
        if (write_event(&one) < 0) {
            drop(poll, one.fd);
        } else if (++one.event < tokens) {
            one.at += gap;
            later(one);
        }
    }
}

static void take_clients(int poll, int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= CLIENTS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        clients[fd] = calloc(1, sizeof(struct client));
        clients[fd]->serial = ++serials;
        struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wanted);
    }
}

static int receive(int poll, int fd) {
    struct client *one = clients[fd];
    ssize_t got = read(fd, one->buffer + one->held, READ - 1 - one->held);
    if (got <= 0) return got < 0 && errno == EAGAIN ? 0 : -1;
    one->held += (size_t)got;
    return serve(poll, fd);
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    tokens = count > 2 ? atoi(arguments[2]) : 128;
    gap = count > 3 ? atoi(arguments[3]) * 1e-6 : 0;
    build();
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 0), poll = epoll_create1(0);
    struct epoll_event ready[EVENTS], wanted = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
    wanted.data.fd = timer;
    epoll_ctl(poll, EPOLL_CTL_ADD, timer, &wanted);
    for (;;) {
        set_timer();
        int number = epoll_wait(poll, ready, EVENTS, -1);
        for (int at = 0; at < number; at++) {
            int fd = ready[at].data.fd;
            if (fd == listener) {
                take_clients(poll, listener);
                continue;
            }
            if (fd == timer || !clients[fd]) continue;
            int gone = 0;
            if (ready[at].events & EPOLLOUT) {
                struct epoll_event back = {.events = EPOLLIN, .data.fd = fd};
                epoll_ctl(poll, EPOLL_CTL_MOD, fd, &back);
                gone = flush(poll, fd) < 0;
            }
            if (!gone && (ready[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) gone = receive(poll, fd) < 0;
            if (gone) drop(poll, fd);
        }
        pace(poll);
    }
}
