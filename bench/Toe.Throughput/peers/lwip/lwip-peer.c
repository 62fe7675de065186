/*
 * lwIP on a TAP device, as a peer of the measurements: it listens, and either takes everything (sink) or sends until the other end
 * has had enough (source).
 *
 * The packaged library is compiled with threads, but its core may be driven by one thread alone: this is the loop that lwIP's
 * documentation has for NO_SYS. Windows and buffers are the package's: 64 KiB, an MSS of 1460 bytes, no timestamps, no SACK.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#include "lwip/init.h"
#include "lwip/ip_addr.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "netif/etharp.h"
#include "netif/ethernet.h"

#define MTU 1500
#define BATCH 64

static int tap;
static int source;
static unsigned long long limit;
static char payload[0xffff];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static err_t transmit(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    /* The package sends frames in one piece (LWIP_NETIF_TX_SINGLE_PBUF). */
    return write(tap, p->payload, p->len) == p->len ? ERR_OK : ERR_IF;
}

static err_t start_interface(struct netif *netif)
{
    static const unsigned char address[ETH_HWADDR_LEN] = {0x02, 0x00, 0x5e, 0x10, 0x77, 0x02};

    netif->name[0] = 't';
    netif->name[1] = 'p';
    netif->output = etharp_output;
    netif->linkoutput = transmit;
    netif->mtu = MTU;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    memcpy(netif->hwaddr, address, ETH_HWADDR_LEN);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

static int open_tap(const char *name)
{
    struct ifreq request = {0};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        fail("/dev/net/tun");
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (ioctl(fd, TUNSETIFF, &request) < 0)
        fail(name);
    return fd;
}

/* ERR_ABRT tells lwIP, through the callback's return, that the connection is gone. */
static err_t close_connection(struct tcp_pcb *pcb)
{
    tcp_arg(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_recv(pcb, NULL);
    if (tcp_close(pcb) == ERR_OK)
        return ERR_OK;
    tcp_abort(pcb);
    return ERR_ABRT;
}

/* Each connection counts what it has yet to send in its argument. */
static err_t fill(struct tcp_pcb *pcb, unsigned long long *left)
{
    while (*left > 0) {
        u32_t room = tcp_sndbuf(pcb);
        u16_t piece = (u16_t)LWIP_MIN(room, sizeof payload);

        if (piece > *left)
            piece = (u16_t)*left;
        if (piece == 0 || tcp_write(pcb, payload, piece, TCP_WRITE_FLAG_COPY) != ERR_OK)
            break;
        *left -= piece;
    }
    tcp_output(pcb);
    if (*left > 0)
        return ERR_OK;
    free(left);
    return close_connection(pcb);
}

static err_t on_sent(void *left, struct tcp_pcb *pcb, u16_t length)
{
    (void)length;
    return left == NULL ? ERR_OK : fill(pcb, left);
}

static err_t on_received(void *left, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)error;
    if (p == NULL) {
        free(left);
        return close_connection(pcb);
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t on_accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    unsigned long long *left;

    (void)argument;
    if (error != ERR_OK || pcb == NULL)
        return ERR_VAL;
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, on_received);
    if (!source)
        return ERR_OK;
    left = malloc(sizeof *left);
    if (left == NULL)
        return ERR_MEM;
    *left = limit;
    tcp_arg(pcb, left);
    tcp_sent(pcb, on_sent);
    return fill(pcb, left);
}

static void listen_on(int port)
{
    struct tcp_pcb *pcb = tcp_new();

    if (pcb == NULL || tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK || (pcb = tcp_listen(pcb)) == NULL) {
        fprintf(stderr, "lwIP cannot listen on port %d\n", port);
        exit(1);
    }
    tcp_accept(pcb, on_accepted);
}

static void receive(struct netif *netif)
{
    static char frame[MTU + SIZEOF_ETH_HDR];

    for (int i = 0; i < BATCH; i++) {
        ssize_t length = read(tap, frame, sizeof frame);
        struct pbuf *p;

        if (length <= 0)
            return;
        /* Not PBUF_POOL: the package's pool has smaller buffers than its pbuf_alloc believes. */
        p = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
        if (p == NULL)
            return;
        pbuf_take(p, frame, (u16_t)length);
        if (netif->input(p, netif) != ERR_OK)
            pbuf_free(p);
    }
}

int main(int argc, char **argv)
{
    struct netif netif;
    ip4_addr_t address, mask, gateway;

    if (argc != 6 || !ip4addr_aton(argv[4], &address)) {
        fprintf(stderr, "usage: lwip-peer TAP sink|source BYTES ADDRESS PORT\n");
        return 2;
    }
    tap = open_tap(argv[1]);
    source = strcmp(argv[2], "source") == 0;
    limit = strtoull(argv[3], NULL, 10);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    ip4_addr_set_zero(&gateway);

    lwip_init();
    if (netif_add(&netif, &address, &mask, &gateway, NULL, start_interface, ethernet_input) == NULL)
        return 1;
    netif_set_default(&netif);
    netif_set_up(&netif);
    listen_on(atoi(argv[5]));

    for (;;) {
        struct pollfd ready[] = {{.fd = tap, .events = POLLIN}, {.fd = STDIN_FILENO}};
        u32_t sleep = sys_timeouts_sleeptime();

        poll(ready, 2, sleep > 1000 ? 1000 : (int)sleep);
        if (ready[1].revents & POLLHUP)
            return 0; /* Whoever started us is gone. */
        sys_check_timeouts();
        receive(&netif);
    }
}
