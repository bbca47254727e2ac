// SPDX-License-Identifier: GPL-2.0
/*
 * Says of a port that was refused who listens on it nevertheless: on another
 * address than clients asked for, by now, or all the time. Pure functions.
 */
#include <linux/in.h>
#include <net/ipv6.h>

#include "diagnose/finding.h"
#include "diagnose/service.h"
#include "model/addr.h"
#include "model/format.h"
#include "survey/port_holder.h"

static bool is_loopback(bool v6, const struct in6_addr *addr)
{
	if (v6 && !ipv6_addr_v4mapped(addr))
		return ipv6_addr_loopback(addr);
	return ipv4_is_loopback(addr->s6_addr32[v6 ? 3 : 0]);
}

static bool listens(const struct tcpdiag_port_holder *h)
{
	return h->listening && h->addr.lport;
}

/* It listens on all addresses, but of the other family only. */
static bool is_other_family(const struct tcpdiag_port_holder *h, bool v6,
			    const struct in6_addr *asked)
{
	bool is_v6 = v6 && !ipv6_addr_v4mapped(asked);

	return ipv6_addr_any(&h->addr.local) && h->v6 != is_v6;
}

static void say_other_family(struct tcpdiag_finding *f,
			     const struct tcpdiag_port_holder *h,
			     const char *owner, const char *addr)
{
	tcpdiag_say_more(f->what, "; %s listens on %s, for %s only%s", owner,
			 addr, h->v6 ? "IPv6" : "IPv4",
			 h->v6 ? " (IPV6_V6ONLY)" : "");
	if (h->v6)
		tcpdiag_say(f->application,
			    "have %s clear IPV6_V6ONLY before bind() (net.ipv6.bindv6only=1 sets it for all programs), or listen on 0.0.0.0 as well; or have clients ask an IPv6 address",
			    owner);
	else
		tcpdiag_say(f->application,
			    "have clients ask an IPv4 address (localhost may mean ::1), or have %s listen on :: instead, which serves IPv4 as well",
			    owner);
}

/**
 * tcpdiag_service_there() - whether somebody listens where clients were refused
 * @h: who has the port, at any address
 * @v6: the address that was asked for is IPv6
 * @asked: that address; IPv4 in the first word
 *
 * Context: any.
 * Return: true if it is there by now.
 */
bool tcpdiag_service_there(const struct tcpdiag_port_holder *h, bool v6,
			   const struct in6_addr *asked)
{
	const struct tcpdiag_bound_to to = { .v6 = v6, .addr = *asked };
	const struct tcpdiag_bound_to at = {
		.v6 = h->v6, .v6only = h->v6only, .addr = h->addr.local,
	};

	return listens(h) && tcpdiag_bound_meet(&to, &at);
}

/**
 * tcpdiag_service_was_there() - whether somebody listened where clients were
 *	refused, when they were
 * @h: who has the port, of tcpdiag_port_holder_asked()
 * @v6: the address that was asked for is IPv6
 * @asked: that address; IPv4 in the first word
 *
 * Then it was not the listener that refused them.
 *
 * Context: any.
 * Return: true if it was there.
 */
bool tcpdiag_service_was_there(const struct tcpdiag_port_holder *h, bool v6,
			       const struct in6_addr *asked)
{
	return h->in_time && tcpdiag_service_there(h, v6, asked);
}

/**
 * tcpdiag_say_service() - tell of who listens on a port that was refused
 * @f: the finding; its sentence is continued and the change in the program is
 *	overwritten, unless nobody listens
 * @h: who has the port, at any address
 * @v6: the address that was asked for is IPv6
 * @asked: that address; IPv4 in the first word
 *
 * Context: any.
 */
void tcpdiag_say_service(struct tcpdiag_finding *f,
			 const struct tcpdiag_port_holder *h, bool v6,
			 const struct in6_addr *asked)
{
	char owner[TCPDIAG_OWNER_LEN], addr[TCPDIAG_ADDR_LEN];
	char device[TCPDIAG_COMM_LEN];

	if (!listens(h))
		return;
	tcpdiag_format_owner(owner, &h->owner);
	tcpdiag_format_addr(addr, h->v6, &h->addr.local, h->addr.lport);
	tcpdiag_format_comm(device, h->device);
	/* of several, others may be bound to other devices */
	if (tcpdiag_service_was_there(h, v6, asked) && *h->device &&
	    h->listening == 1) {
		tcpdiag_say_more(f->what,
				 "; %s listens on %s of device %s only (SO_BINDTODEVICE), and did so then",
				 owner, addr, device);
		tcpdiag_say(f->application,
			    "have clients come by %s, or have %s not bind its listener to a device; if they do come by it, look for a firewall rule that rejects",
			    device, owner);
		return;
	}
	if (tcpdiag_service_was_there(h, v6, asked)) {
		tcpdiag_say_more(f->what, "; %s listens on %s, and did so then",
				 owner, addr);
		tcpdiag_say(f->application,
			    "find out what refuses although %s listens: a firewall rule that rejects, a port that is passed on (DNAT) to a container where nobody listens, or a listener that is bound to one interface (SO_BINDTODEVICE)",
			    owner);
		return;
	}
	if (tcpdiag_service_there(h, v6, asked)) {
		tcpdiag_say_more(f->what, "; by now %s listens on %s", owner,
				 addr);
		tcpdiag_say(f->application,
			    "if attempts still fail, look how often %s is restarted; let clients wait longer before each new attempt",
			    owner);
		return;
	}
	if (is_other_family(h, v6, asked)) {
		say_other_family(f, h, owner, addr);
		return;
	}
	tcpdiag_say_more(f->what,
			 "; %s listens on %s, but not on the address that was asked for",
			 owner, addr);
	if (is_loopback(h->v6, &h->addr.local) && !is_loopback(v6, asked)) {
		tcpdiag_say(f->application,
			    "have %s listen on the address that clients ask, or on all with :: (or 0.0.0.0 for IPv4): %s is reached from its own host or container only",
			    owner, addr);
		return;
	}
	tcpdiag_say(f->application,
		    "have clients ask %s (localhost may mean ::1), or have %s listen on the other address as well: on all of them with :: (or 0.0.0.0 for IPv4), if others may reach it",
		    addr, owner);
}
