# The launcher: starts wrappers for one host, because a fork from this small process costs a
# fraction of a fork from an extension host. One wrapper waits already, and reads its line (an
# attempt's id, a space and its folder) from this process's stdin by itself. Once it has, an empty line
# there lets the launcher start the next one. What wrappers print after that goes straight to this
# process's stdout, that is to the host. The launcher ends when its stdin closes; its wrappers live on.
#
# usage: sh launcher.sh WRAPPER SETSID

# Descriptors that the host had open for its children are /dev/null here; these can be closed too
# (a POSIX shell has no name for those from 10 on).
exec 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
exec 3>&1

wrapper=$1
setsid=$2
read -r boot </proc/sys/kernel/random/boot_id
outer=${HOPPER_ANCESTRY:+$HOPPER_ANCESTRY:}
# Asked for here, once: the answer costs a fork.
mask=$(umask)

# Each round starts one wrapper. Until that has a line of its own it prints to this shell, which waits
# for its word; without one the host is gone. (The command stands in the substitution itself: in a
# function it would cost one more fork.) The next round waits for the host: to start a wrapper takes a
# processor as long as to start an attempt's first step, and at that moment that comes first.
#
# `setsid` has little to say, but loads the language it would say it in, which takes as long as the rest
# of it: it is given none, and the wrapper gets the host's back.
#
# `setsid -f` forks by itself. A command with `&` would get SIGINT and SIGQUIT ignored for good,
# and with it every step (POSIX 2.11); that is left to systems whose setsid has no -f (BusyBox).
if "$setsid" -f true 2>/dev/null; then
  while taken=$(LC_ALL=C "$setsid" -f /bin/sh "$wrapper" "$boot" "$outer" "$mask" ${LC_ALL+"$LC_ALL"}) &&
    [ -n "$taken" ] && read -r next; do :; done
else
  while taken=$(LC_ALL=C "$setsid" /bin/sh "$wrapper" "$boot" "$outer" "$mask" ${LC_ALL+"$LC_ALL"} <&0 &) &&
    [ -n "$taken" ] && read -r next; do :; done
fi
