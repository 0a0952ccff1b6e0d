# The prompt: line editing, time-out and commands of boot(8).
# Source: OpenBSD boot(8) for amd64.

# Asks until a command means booting.
prompt() {
  booting=
  while [ -z "$booting" ]; do
    printf 'boot> '
    read_line
    run_command "${line:-boot}"
  done
}

# Reads one line into `line`. Any key stops the timer for good; when it runs out the line is empty: boot.
read_line() {
  line=
  if [ "$timeout" -gt 0 ]; then
    IFS= read -r -s -n 1 -t "$timeout" key || key=
    timeout=0
  else
    IFS= read -r -s -n 1 key
  fi
  while [ -n "$key" ]; do
    case $key in
      "$backspace" | "$delete") [ -z "$line" ] || { line=${line%?}; printf '\b \b'; } ;;
      "$kill") while [ -n "$line" ]; do line=${line%?}; printf '\b \b'; done ;;
      *) line=$line$key; printf '%s' "$key" ;;
    esac
    IFS= read -r -s -n 1 key
  done
  echo
}
backspace=$(printf '\b') delete=$(printf '\177') kill=$(printf '\025')

# Runs one command of the prompt or of boot.conf; `boot` sets `booting`.
run_command() {
  booting=
  set -f
  set -- $1
  set +f
  case $1 in
    '' | \#*) ;;
    boot) booting=yes; [ -z "$2" ] || choose_image "$2" ;;
    set) run_set "$2" "$3" ;;
    stty) [ "$2" = com0 ] && [ -z "$3" -o "$3" = 115200 ] && echo "com0: 115200 baud" || echo "stty: $2 $3: only com0 at 115200 is here" ;;
    help) echo 'commands: boot help set stty reboot machine echo' ;;
    echo) shift; echo "$*" ;;
    reboot) sync; reboot -f; sleep 60 ;;
    machine) echo 'machine: stand-in, no such settings' ;;
    # boot(8) takes an unknown word for the name of a kernel.
    *) booting=yes; choose_image "$1" ;;
  esac
}

run_set() {
  case $1 in
    '') echo "device $device  image /boot/stage  timeout $timeout  tty $tty" ;;
    device) case $2 in
        hd[0-9][a-p]) device=$2 ;;
        '') echo "$device" ;;
        *) echo "set: device $2: not like hd0d" ;;
      esac ;;
    tty) case $2 in
        com0) tty=com0; echo 'switching console to com0' ;;
        '') echo "$tty" ;;
        *) echo "set: tty $2: only com0 is here" ;;
      esac ;;
    timeout) case $2 in '' | *[!0-9]*) echo "$timeout" ;; *) timeout=$2 ;; esac ;;
    image | howto | db_console | debug) [ -z "$2" ] && echo "$1" ;;
    *) echo "set: $1: no such variable" ;;
  esac
}

# `hd0e:/boot/stage`, `hd0e:` or a bare file name; switches as in `boot -s` are taken and ignored.
choose_image() {
  image=/boot/stage
  case $1 in
    -*) ;;
    hd[0-9][a-p]:*) device=${1%%:*}; [ -z "${1#*:}" ] || image=${1#*:} ;;
    *) image=$1 ;;
  esac
}
