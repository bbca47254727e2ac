# SPDX-License-Identifier: GPL-2.0
#
# Makes what a file of tcpdiag shows comparable between two boots: what cannot be
# the same twice is replaced by a word, and all else stays as it is, each blank
# included.
#
# usage: awk -v view=NAME [-v moment=1] -f views-normalise.awk <FILE
#
# NAME is the file's; "tcpdiag" is /proc/tcpdiag. In a file with columns the name
# of the column in the header decides:
#
#   *_us *_per_s *_per_s_N *_per_min *_bps   a time or a rate
#   pid victim_pid listened_pid inode cgroup                given by the kernel
#   cwnd rwnd retransmits notsent unread                    by the timing of packets
#   inflation_p50_percent loss_episodes rtos delivered      by the timing of packets;
#                of the first also whether there is any
#   synacks_repeated                                        by a timer
#
# There a number becomes N, one with decimals N.N; "-" and whatever else is not a
# number stays, so that a value that becomes unknown, or known, is a difference.
# sample_us is a constant and stays. Further:
#
#   sockets      N for blame of a connection, known or not; in the column times each
#                time becomes N; rows are sorted, for their order is that of a hash of
#                kernel addresses
#   listeners    rows but the last, which is the namespace's, are sorted likewise;
#                N for a peak of samples, unless the queue is as long now: whether
#                a sample saw a connection that was accepted soon is a matter of time
#   histograms   the rows of a state become one, with the sum of their counts:
#                into which buckets stays fall is a matter of time
#   handshake    N for the count of what timers repeat: syn_repeated,
#                synack_repeated
#   self         N for version, uptime, what depends on the layout of memory or on the
#                worker's last look, and
#                sums that include spare records
#   findings     in sentences a duration becomes T, and N stands for a pid, a
#                number a second or a minute, and figures of evidence whose names
#                are those of the columns above, or retransmits, tries, on_machine,
#                aborted_since_boot
#   tcpdiag      the same in the sentences, each on one line: where it is wrapped
#                depends on its length; durations and rates of the tables become T,
#                which stands where their last character stood
#
# With moment=1 all numbers become N but those in addresses: for views of what
# goes on at this moment.
BEGIN {
	FS = "[ ]"
	is_prose = view == "findings" || view == "tcpdiag"
}

function is_number(word)
{
	return word ~ /^-?[0-9]+$/ || word ~ /^[0-9]+\.[0-9]+$/
}

# A number as a placeholder; anything else as it is.
function hidden(word)
{
	if (word ~ /^[0-9]+\.[0-9]+$/)
		return "N.N"
	return is_number(word) ? "N" : word
}

function varies(name)
{
	if (name == "sample_us")
		return 0
	return name ~ /_us$/ || name ~ /per_s(_[0-9]+)?$/ || name ~ /_per_min$/ ||
		name ~ /_bps$/ || name ~ /^(victim_|listened_)?pid$/ ||
		name ~ /^(cwnd|rwnd|retransmits|notsent|unread)$/ ||
		name ~ /^(inode|cgroup|synacks_repeated)$/ ||
		name ~ /^(inflation_p50_percent|loss_episodes|rtos|delivered)$/
}

function evidence_varies(name)
{
	return varies(name) || name ~ /^(per_second|retransmits|tries|on_machine)$/ ||
		name == "aborted_since_boot"
}

# The blanks of a line are those that it had.
function joined(word, n, i, line)
{
	line = word[1]
	for (i = 2; i <= n; i++)
		line = line " " word[i]
	return line
}

# What follows the word proper: ",", ";", ":", ".", ")".
function punctuation(word)
{
	return match(word, /[,;:.)]+$/) ? substr(word, RSTART) : ""
}

function stem(word)
{
	return substr(word, 1, length(word) - length(punctuation(word)))
}

# A sentence, or figures of evidence.
function prose(text, word, n, i, k, at, out)
{
	n = split(text, word, FS)
	k = 0
	for (i = 1; i <= n; i++) {
		at = index(word[i], "=")
		if (at && (moment || evidence_varies(substr(word[i], 1, at - 1))))
			out[++k] = substr(word[i], 1, at) hidden(substr(word[i], at + 1))
		else if (word[i] == "(pid" && i < n)
			out[++k] = word[i] " " hidden(stem(word[++i])) punctuation(word[i])
		else if (is_number(word[i]) && i < n && stem(word[i + 1]) ~ /^(us|ms|s)$/)
			out[++k] = "T" punctuation(word[++i])
		else if (stem(word[i]) ~ /^[0-9]+[dhm][0-9][0-9][hms]$/)
			out[++k] = "T" punctuation(word[i])
		else if (word[i] ~ /^\(?-?[0-9]+$/ && i + 1 < n && word[i + 1] == "a" &&
			 stem(word[i + 2]) ~ /^(second|minute)$/)
			out[++k] = substr("(", 1, word[i] ~ /^\(/) "N"
		else if (moment)
			out[++k] = hidden(stem(word[i])) punctuation(word[i])
		else
			out[++k] = word[i]
	}
	return joined(out, k)
}

# Advice is constant but where it has a forecast.
function advice(text)
{
	return moment || text ~ /at this growth/ ? prose(text) : text
}

# -- files with columns ---------------------------------------------------------

function read_header(i)
{
	for (i = 2; i <= NF; i++) {
		column[i - 1] = $i
		column_of[$i] = i - 1
	}
	columns = NF - 1
}

# Rows whose order says nothing wait here until another comes, or the end.
function keep_sorted(row, i)
{
	for (i = kept++; i > 0 && (kept_row[i] "") > (row ""); i--)
		kept_row[i + 1] = kept_row[i]
	kept_row[i + 1] = row
}

function print_kept(i)
{
	for (i = 1; i <= kept; i++)
		print kept_row[i]
	kept = 0
}

function row_varies(i)
{
	if (view == "self" && i == 2)
		return $1 ~ /^(uptime_us|record_bytes|bytes|table_bytes|walk_us|self_test_us)$/ ||
			$1 ~ /^((user|all|top)_records|findings_.*)$/
	if (view == "handshake" && column[i] == "count")
		return $1 ~ /^(syn|synack)_repeated$/
	return 0
}

# A peak that is not the length of the queue now.
function is_past_peak(i, now)
{
	if (column[i] !~ /_peak$/)
		return 0
	now = column[i]
	sub(/_peak$/, "_now", now)
	return $(column_of[now]) != $i || $i == 0
}

function hide_columns(i)
{
	for (i = 1; i <= NF; i++) {
		if (column[i] == "times")
			gsub(/:[0-9]+/, ":N", $i)
		else if (column[i] == "blame" && $3 !~ /^(LISTEN|CLOSE|SYN_SENT|SYN_RECV)$/)
			$i = "N"
		else if (column[i] == "inflation_p50_percent" && $i == "-")
			$i = "N"
		else if (moment || varies(column[i]) || row_varies(i) || is_past_peak(i))
			$i = hidden($i)
		word[i] = $i
	}
	if (view == "self" && $1 == "version")
		word[2] = "N"
	# a row that is short or long is seen as it is
	return joined(word, NF)
}

# Buckets in order, each with something in it; what is not so is shown.
function add_stays()
{
	if (NF != 4 || $2 !~ /^[0-9]+$/ || $3 !~ /^([0-9]+|-)$/ || $4 !~ /^[1-9][0-9]*$/ ||
	    ($1 == stays_state && $2 + 0 <= stays_low) || ($3 != "-" && $3 + 0 < $2 + 0)) {
		print
		return
	}
	if ($1 != stays_state)
		print_stays()
	stays_state = $1
	stays_low = $2 + 0
	stays_end = hidden($3)
	stays += $4
}

function print_stays()
{
	if (stays)
		print stays_state, "N", stays_end, stays
	stays = 0
}

# -- /proc/tcpdiag ------------------------------------------------------------------

# The tables are of right-aligned columns: each ends where its name does.
function read_table(i, n, name, from)
{
	tables = 0
	n = split($0, name, /  */)
	from = 1
	for (i = 1; i <= n; i++) {
		from += match(substr($0, from), /[^ ]/) - 1
		from += length(name[i])
		table_name[i] = name[i]
		table_end[i] = from - 1
	}
	tables = n
}

function table_varies(name)
{
	return name ~ /^(p50|p90|p99|max|oldest|p50_bps|p90_bps|min_rtt|srtt\/min|losses|rtos)$/
}

function table_row(i, cell, line, blanks)
{
	line = substr($0, 1, table_end[2])
	for (i = 3; i <= tables; i++) {
		cell = substr($0, table_end[i - 1] + 1, table_end[i] - table_end[i - 1])
		if (table_varies(table_name[i]) && cell ~ /^ +[0-9.]+( ?[a-zA-Z]+| ?[a-z0-9]+)?$/)
			cell = sprintf("%" length(cell) "s", "T")
		line = line cell
	}
	return line substr($0, table_end[tables] + 1)
}

function page_line()
{
	if (page_lines++ == 0) {
		sub(/^tcpdiag [^ ,]+, loaded [^,]+ ago, network namespace [0-9]+/,
		    "tcpdiag N, loaded T ago, network namespace N")
		return $0
	}
	if ($0 ~ /^(state|algorithm) +/) {
		read_table()
		return $0
	}
	if ($0 == "" || $0 ~ /^(congestion control|acked:|open |details|and )/) {
		tables = 0
		return $0
	}
	if (tables)
		return table_row()
	return $0 ~ /^    change: / ? advice($0) : prose($0)
}

# A line that continues the one above has an indent of twelve blanks.
function page_add(line)
{
	line = $0
	if ($0 ~ /^            [^ ]/) {
		held = held " " substr($0, 13)
		return
	}
	print_held()
	held = line
	is_held = 1
}

function print_held()
{
	if (!is_held)
		return
	$0 = held
	sub(/ \(first found [^)]* ago\)/, "")
	print page_line()
	is_held = 0
}

# -- what becomes of a line ------------------------------------------------------------

view == "tcpdiag" {
	page_add()
	next
}

FNR == 1 {
	read_header()
	print
	next
}

# Why owners are `-`.
FNR == 2 && /^# / {
	print
	next
}

view == "findings" {
	head = $1 " " $2 " " $3 " " $4 " "
	text = substr($0, length(head) + 1)
	# whether the worker has judged twice by now is a matter of time
	if ($4 == "since")
		next
	if ($4 == "what" || $4 == "evidence")
		print head prose(text)
	else
		print head advice(text)
	next
}

view == "histograms" {
	add_stays()
	next
}

view == "sockets" || (view == "listeners" && $1 != "namespace") {
	keep_sorted(hide_columns())
	next
}

{
	print_kept()
	print hide_columns()
}

END {
	print_held()
	print_kept()
	print_stays()
}
