# The network: static with the kernel's own `ip=` argument, DHCP otherwise.
# Source of its format: Linux, Documentation/admin-guide/nfs/nfsroot.rst:
#   ip=<client>:<server>:<gateway>:<netmask>:<hostname>:<device>:<autoconf>:<dns0>:<dns1>

network_up() {
  network_problem='no network card within 10 s'
  # Drivers probe in the background.
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    card=$(ls /sys/class/net | grep -v '^lo$' | head -n 1)
    [ -n "$card" ] && break
    usleep 500000
  done
  [ -n "$card" ] || return 1
  ip link set lo up
  static=$(sed -n 's/.*\bip=\([^ ]*\).*/\1/p' /proc/cmdline)
  case $static in
    [0-9]*) network_static "$static" ;;
    *) network_problem='no DHCP answer within 20 s'
       for one in $(ls /sys/class/net | grep -v '^lo$'); do
         ip link set "$one" up
         udhcpc -i "$one" -s /udhcpc.sh -q -n -t 10 -T 2 >/dev/null 2>&1 && return 0
       done
       return 1 ;;
  esac
}

network_static() {
  old=$IFS IFS=:
  set -f; set -- $1; set +f
  IFS=$old
  card=${6:-$card}
  network_problem="static address $1 on $card"
  ip link set "$card" up && ip addr add "$1/${4:-255.255.255.0}" dev "$card" || return 1
  [ -z "$3" ] || ip route add default via "$3" dev "$card" || return 1
  : >/etc/resolv.conf
  for one in "$8" "$9"; do [ -z "$one" ] || echo "nameserver $one" >>/etc/resolv.conf; done
}
