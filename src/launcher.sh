# The launcher: starts wrappers for one host, because a fork from this small process costs a
# fraction of a fork from an extension host. A line of stdin is an attempt's id, a space and its
# folder, and goes to a wrapper that waits for it already; a line `more` follows each. What wrappers
# print goes straight to this process's stdout, that is to the host. The launcher ends when its stdin
# closes; its wrappers live on.
#
# usage: sh launcher.sh WRAPPER SETSID

# Descriptors that the host had open for its children are /dev/null here; these can be closed too
# (a POSIX shell has no name for those from 10 on).
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-

wrapper=$1
setsid=$2
read -r boot </proc/sys/kernel/random/boot_id
outer=${HOPPER_ANCESTRY:+$HOPPER_ANCESTRY:}
# Asked for here, once: the answer costs a fork.
mask=$(umask)

# `setsid -f` forks by itself. A command with `&` would get SIGINT and SIGQUIT ignored for good,
# and with it every step (POSIX 2.11); that is left to systems whose setsid has no -f (BusyBox).
if "$setsid" -f true 2>/dev/null; then
  start() { "$setsid" -f /bin/sh "$wrapper" "$boot" "$outer" "$mask"; }
else
  start() { "$setsid" /bin/sh "$wrapper" "$boot" "$outer" "$mask" <&0 & }
fi

# Each round starts the next wrapper, then waits to hand it a line; a wrapper that finds the pipe
# closed instead goes away. What the pipe's left side met is not told to this shell, so the host sends
# a word after each line: without it the host is gone.
while :; do
  { IFS= read -r line && printf '%s\n' "$line"; } | start
  read -r more || exit 0
done
