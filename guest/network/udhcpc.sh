#!/bin/sh
# What udhcpc(8) calls with the lease in its environment.
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/${mask:-24}" dev "$interface"
for one in $router; do ip route add default via "$one" dev "$interface"; break; done
: >/etc/resolv.conf
for one in $dns; do echo "nameserver $one" >>/etc/resolv.conf; done
