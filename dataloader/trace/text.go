package trace

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TextOption is a setting of Text.
type TextOption func(*drawing)

// TextWidth sets how many columns the lines may have; less than 60 is taken as 60. The default is the environment variable
// COLUMNS, or else 100.
func TextWidth(columns int) TextOption {
	return func(d *drawing) { d.width = columns }
}

// TextPlain draws in ASCII and without colours, for a file or a log. It is the default where os.Stdout is no terminal, or
// NO_COLOR is set.
func TextPlain() TextOption {
	return func(d *drawing) { d.plain = true }
}

// TextColour draws in blocks and colours, for a terminal. It is the default where os.Stdout is one.
func TextColour() TextOption {
	return func(d *drawing) { d.plain = false }
}

// mostLines is how many batches Text shows. A record with more has a fault that as many show well enough.
const mostLines = 200

// Text draws the record for a terminal: a section a round, and in it a line a batch, with its loader, its number of keys, how
// long the batch function took, a bar on a time line that all batches of a Run share, and the keys. The dots before a bar are
// the time that the batch waited.
func (r *Recorder) Text(opts ...TextOption) string {
	d := drawing{redaction: &r.redaction, plain: !colourful(os.Stdout)}
	d.width, _ = strconv.Atoi(os.Getenv("COLUMNS"))
	for _, opt := range opts {
		opt(&d)
	}
	d.width = max(60, cmp.Or(d.width, 100))
	v, s := r.look(), r.Summary()
	d.layOut(v)
	for i, run := range v {
		if len(v) > 1 {
			d.line(fmt.Sprintf("run %d, after %s", i+1, d.unit(short(run.from))))
		}
		d.run(run)
	}
	if d.left > 0 {
		d.line(fmt.Sprintf("%s and %s", d.ellipsis(), count(d.left, "more batch")))
	}
	if len(v) > 0 {
		d.line("")
	}
	for _, line := range strings.Split(s.String(), "\n") {
		d.wrapped(d.unit(line))
	}
	return d.out.String()
}

func colourful(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// drawing is a Text that is being made.
type drawing struct {
	*redaction
	plain bool
	width int
	out   strings.Builder

	name, size, took, bar, keys int // columns
	loaders                     []string
	shown, left                 int
}

// layOut sets the columns: the bar and the keys share what the others leave.
func (d *drawing) layOut(v view) {
	d.took = len("took")
	d.size = len("keys")
	for _, run := range v {
		for _, round := range run.rounds {
			d.name = max(d.name, cells("round "+strconv.FormatUint(round.number, 10))-2)
			for _, b := range round.bars {
				d.name = max(d.name, cells(title(b)))
				d.size = max(d.size, len(strconv.Itoa(b.Size)))
				d.took = max(d.took, cells(d.time(b)))
			}
		}
	}
	d.name = min(d.name, d.width/4)
	rest := d.width - (2 + d.name + 2 + d.size + 2 + d.took + 2 + 2)
	d.keys = max(18, rest*2/5) // room for a key and a number
	d.bar = max(3, rest-d.keys)
}

func title(b bar) string {
	if b.Parts > 1 {
		return fmt.Sprintf("%s %d/%d", legible(b.Loader.Name), b.Part, b.Parts)
	}
	return legible(b.Loader.Name)
}

func (d *drawing) time(b bar) string {
	if b.running {
		return d.unit(">" + short(b.end-b.start))
	}
	return d.unit(short(b.Took))
}

// unit replaces the one unit that is not ASCII.
func (d *drawing) unit(s string) string {
	if d.plain {
		return strings.ReplaceAll(s, "µs", "us")
	}
	return s
}

func (d *drawing) run(run viewedRun) {
	all := d.unit(short(run.to - run.from))
	for i, round := range run.rounds {
		if d.shown == mostLines {
			d.left += len(round.bars)
			continue
		}
		head := fit("round "+strconv.FormatUint(round.number, 10), 2+d.name, d.ellipsis())
		if i == 0 {
			scale := "0" + strings.Repeat(" ", max(1, d.bar-1-len(all))) + all
			d.line(head + fmt.Sprintf("  %*s  %*s  ", d.size, "keys", d.took, "took") + scale)
		} else {
			d.line(strings.TrimRight(head, " "))
		}
		for _, b := range round.bars {
			if d.shown == mostLines {
				d.left++
				continue
			}
			d.shown++
			d.batch(run, b)
		}
	}
}

func (d *drawing) batch(run viewedRun, b bar) {
	line := fmt.Sprintf("  %s  %*d  %*s  %s",
		fit(title(b), d.name, d.ellipsis()), d.size, b.Size, d.took, d.time(b), d.stroke(run, b))
	if keys := d.keyList(b); keys != "" {
		line += "  " + keys
	}
	d.line(strings.TrimRight(line, " "))
	if text := d.error(b.BatchInfo); text != "" {
		d.line("  " + d.colour(red, fit("! "+text, min(d.width-2, cells(text)+2), d.ellipsis())))
	}
}

// stroke draws the bar of b in d.bar columns. Each batch has at least one.
func (d *drawing) stroke(run viewedRun, b bar) string {
	column := func(t time.Duration) int {
		if run.to <= run.from {
			return 0
		}
		return int(int64(d.bar) * int64(t-run.from) / int64(run.to-run.from))
	}
	from := min(column(b.start), d.bar-1)
	to := min(max(column(b.end), from+1), d.bar)
	waited := min(column(b.queued), from)
	full, dots := "█", "·"
	if d.plain {
		full, dots = "=", "."
	}
	colour := red
	if b.Err == nil {
		colour = d.colourOf(b.Loader.Name)
	}
	return strings.Repeat(" ", waited) + strings.Repeat(dots, from-waited) +
		d.colour(colour, strings.Repeat(full, to-from)) + strings.Repeat(" ", d.bar-to)
}

// keyList shows as many keys as fit. One that is very long has at most half of the column, unless it is the last.
func (d *drawing) keyList(b bar) string {
	line := ""
	for i, key := range d.redaction.keys(b.BatchInfo, d.keys) {
		more := d.more(b.Size - i - 1)
		room := d.keys - cells(more)
		if i < b.Size-1 {
			room = min(room, d.keys/2)
		}
		key = fit(key, min(cells(key), room), d.ellipsis())
		if i > 0 {
			key = " " + key
		}
		if i > 0 && cells(line)+cells(key)+cells(more) > d.keys {
			return line + d.more(b.Size-i)
		}
		line += key
	}
	return line
}

func (d *drawing) more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %s +%d", d.ellipsis(), n)
}

const (
	red  = "31"
	bold = "1"
)

// colourOf gives each loader a colour of its own, as far as there are enough.
func (d *drawing) colourOf(loader string) string {
	i := slices.Index(d.loaders, loader)
	if i < 0 {
		i = len(d.loaders)
		d.loaders = append(d.loaders, loader)
	}
	return []string{"36", "33", "35", "32", "34"}[i%5]
}

func (d *drawing) colour(code, s string) string {
	if d.plain {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (d *drawing) ellipsis() string {
	if d.plain {
		return "..."
	}
	return "…"
}

func (d *drawing) line(s string) {
	d.out.WriteString(s)
	d.out.WriteByte('\n')
}

// wrapped writes s in lines that fit, and indents all but the first.
func (d *drawing) wrapped(s string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && cells(line)+1+cells(word) > d.width {
			d.line(line)
			line = " "
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	d.line(line)
}
