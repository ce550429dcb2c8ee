# shellcheck shell=sh disable=SC2034,SC2154
# How "watch" asks instances by HTTP: one client for all of them. perl stays and waits between two rounds, so that none has to
# be started for them; else curl is started once a round; and where there is neither, each instance is asked for itself.

# watch_url FILE URL: what is asked, in the form of curl's own file of options, and in ours for perl.
watch_url() {
  w_urls=yes
  printf 'url = "%s"\noutput = "%s"\n' "$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')" "$1" >>"$S/urls"
  printf '%s %s %s\n' "$1" "$timeout" "$2" >>"$S/asks"
  case $2 in http://*) ;; *) w_plainly=no ;; esac
}

watch_client() {
  w_client=
  [ "$w_urls" = yes ] || return 0
  if [ "$w_plainly" = yes ] && has perl && has mkfifo && mkfifo -- "$S/wish" "$S/answer"; then
    # perl keeps the path that it is in
    (cd -- "$S" && exec perl -e "$W_ASKER" <wish >answer 2>/dev/null 3>&-) &
    w_pids="$w_pids $!"
    exec 6>"$S/wish" 9<"$S/answer"
    w_client=perl
  elif has curl; then
    watch_curl
  fi
}

watch_curl() {
  w_client=curl
  {
    printf 'silent\nmax-time = %s\n' "$w_longest"
    printf 'write-out = "%%{filename_effective} %%{http_code} %%{time_total}\\n"\n'
    # one that hangs must not hold up the others, where curl is young enough
    ! curl -q -Z --parallel-immediate -V >/dev/null 2>&1 || printf 'parallel\nparallel-immediate\n'
  } >>"$S/urls"
}

# watch_pause MS: until the next round. perl has asked everybody when it is over.
watch_pause() {
  if [ "$w_client" = perl ]; then
    w_answers=$NL w_told=
    printf '%s\n' "$1" >&6 2>/dev/null
    while read -r a_name a_code a_time <&9; do
      [ "$a_name" != . ] || return 0
      watch_answer
    done
    # it is gone, and with it what it was answered
    w_client='' w_answers=$NL w_told=''
    ! has curl || watch_curl
    return 0
  fi
  [ "$1" -le 0 ] || pause_ms "$1"
}

watch_ask() {
  [ "$w_client" = curl ] || return 0
  # what somebody tells without end is cut
  (
    cd -- "$S" && without_proxy && trap '' XFSZ && ulimit -f 8192
    exec curl -q -K urls >answers 2>/dev/null 3>&-
  )
  w_answers=$NL w_told=
  while read -r a_name a_code a_time; do watch_answer; done <"$S/answers"
}

watch_answer() {
  w_answers=$w_answers$a_name' '$a_code' '$a_time$NL
  case $a_name.$a_code in *.told.2??) w_told="$w_told of=${a_name%.told} $a_name" ;; esac
}

# Reads how long to wait (ms), asks all at once, and tells of each its status and how long it took, as curl does: "000" where
# there was no answer. Bodies are files of their names. HTTP/1.1, since some refuse what is older; redirections are answers.
# shellcheck disable=SC2016
W_ASKER='
use strict;
use Socket qw(:DEFAULT getaddrinfo);
use Fcntl;
use Errno qw(EINPROGRESS);
$SIG{PIPE} = "IGNORE";
$| = 1;
my $is_fine = eval { require Time::HiRes };
my $tick = $is_fine ? 0 : eval { require POSIX; POSIX::sysconf(POSIX::_SC_CLK_TCK()) } or $is_fine or exit 1;
sub moment { $is_fine ? Time::HiRes::time() : (POSIX::times())[0] / $tick }
my @asks;
open(my $list, "<", "asks") or exit 1;
while (<$list>) {
chomp;
my ($name, $timeout, $url) = split / /, $_, 3;
my ($place, $path) = $url =~ m{^http://([^/?#]*)([^#]*)} or exit 1;
my ($host, $port) = $place =~ m{^\[?(.*?)\]?(?::(\d+))?$} or exit 1;
push @asks, { name => $name, timeout => $timeout, host => $host, port => $port || 80,
get => "GET " . ($path =~ m{^/} ? $path : "/$path") . " HTTP/1.1\r\nHost: $place\r\nUser-Agent: slipway\r\nAccept: */*\r\nConnection: close\r\n\r\n" };
}
sub begin {
my ($one) = @_;
while (my $to = shift @{ $one->{to} }) {
socket(my $door, $to->{family}, SOCK_STREAM, 0) or next;
fcntl($door, F_SETFL, O_NONBLOCK);
my $is_open = connect($door, $to->{addr});
next unless $is_open || $!{EINPROGRESS};
@$one{qw(door out in)} = ($door, $one->{get}, "");
return 1;
}
return 0;
}
sub body {
my ($head, $rest) = @_;
return $rest unless $head =~ /^transfer-encoding:.*chunked/im;
my $all = "";
while ($rest =~ s/^([0-9a-f]+)[^\n]*\n//i) {
my $size = hex $1 or last;
$all .= substr $rest, 0, $size, "";
$rest =~ s/^\r?\n//;
}
return $all;
}
sub is_whole {
$_[0] =~ m{^HTTP/\S+ ([2-9]\d\d).*?\r?\n\r?\n}s or return 0;
my ($code, $end) = ($1, $+[0]);
my $head = substr $_[0], 0, $end;
return 1 if $code == 204 || $code == 304;
return length $_[0] >= $end + $1 if $head =~ /^content-length:\s*(\d+)/im;
return $head =~ /^transfer-encoding:.*chunked/im && substr($_[0], -7) =~ /(^|\n)0\r?\n\r?\n\z/;
}
sub finish {
my ($one, $now) = @_;
my $text = delete $one->{in};
delete $one->{door};
my $code = "000";
while ($text =~ s{^HTTP/\S+ (\d\d\d)(.*?)\r?\n\r?\n}{}s) {
my ($found, $head) = ($1, $2);
next if $found =~ /^1/;
$code = $found;
if (open(my $file, ">", $one->{name})) { print $file body($head, $text) }
last;
}
printf "%s %s %.6f\n", $one->{name}, $code, $now - $one->{since};
}
while (defined(my $wait = <STDIN>)) {
select undef, undef, undef, $wait / 1000 if $wait > 0;
my @open;
for my $one (@asks) {
my ($error, @to) = getaddrinfo($one->{host}, $one->{port}, { socktype => SOCK_STREAM });
@$one{qw(since to)} = (moment(), [$error ? () : @to]);
if (begin($one)) { push @open, $one } else { finish($one, moment()) }
}
while (@open) {
my ($read, $write) = ("", "");
my $least = 3600;
my $now = moment();
for my $one (@open) {
my $left = $one->{since} + $one->{timeout} - $now;
$least = $left if $left < $least;
vec($one->{out} eq "" ? $read : $write, fileno $one->{door}, 1) = 1;
}
select $read, $write, undef, $least > 0 ? $least : 0;
$now = moment();
my @still;
for my $one (@open) {
my $number = fileno $one->{door};
my $is_over = 0;
if (vec($write, $number, 1)) {
my $sent = syswrite $one->{door}, $one->{out};
if (defined $sent) { substr $one->{out}, 0, $sent, "" }
elsif (!begin($one)) { $is_over = 1 }
} elsif (vec($read, $number, 1)) {
my $got = sysread $one->{door}, $one->{in}, 65536, length $one->{in};
$is_over = 1 if !$got || length $one->{in} > 4194304 || is_whole($one->{in});
}
$is_over = 1 if $now >= $one->{since} + $one->{timeout};
if ($is_over) { finish($one, $now) } else { push @still, $one }
}
@open = @still;
}
print ".\n";
}'
