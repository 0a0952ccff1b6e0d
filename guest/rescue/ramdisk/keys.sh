# The cloud's metadata service: who may log in, and that the system is up. A machine without it starts all the same.
# Keys come as Scaleway has them: the project's (SSH_PUBLIC_KEYS_<n>_KEY) and those in tags of the server
# (AUTHORIZED_KEY=<key with _ for blanks>).
metadata=169.254.42.42

# ask METHOD PATH [JSON]: prints status line, headers and body.
ask() {
  printf '%s %s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$1" "$2" "$metadata" "${#3}" "$3" | nc -w 5 "$metadata" 80
}

ask GET /conf >/tmp/conf
{
  sed -n "s/^SSH_PUBLIC_KEYS_[0-9]*_KEY=//p" /tmp/conf
  sed -n "s/^TAGS_[0-9]*=['\"]*AUTHORIZED_KEY=//p" /tmp/conf | tr _ ' '
} | tr -d "'\"\r" | grep '^\(ssh\|ecdsa\)-' >/root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys

tell_state() {
  ask PATCH /state "{\"state_detail\":\"$1\"}" | grep -q '^HTTP/1.[01] 2' || echo 'bootfleet-rescue: no-state-signal'
}
