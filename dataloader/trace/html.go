package trace

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/batchtick/batchtick/dataloader"
)

//go:embed page.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// What a page has room for. A record with more shows its fault without.
const (
	mostBars = 2000
	mostKeys = 200
)

// HTML writes the record as a page that needs nothing else: a bar a batch on a time line, round by round, with its keys and
// what led to it when it is pointed at or tabbed to. Names, keys and errors are escaped.
func (r *Recorder) HTML(w io.Writer) error {
	p := page{redaction: &r.redaction, ids: map[*dataloader.BatchInfo]int{}}
	p.fill(r.look(), r.Summary())
	return pageTemplate.Execute(w, &p)
}

// These are what the template shows, in its words. Numbers for CSS are texts of percent.
type (
	page struct {
		Facts   []pageFact
		Advice  []Advice
		Runs    []pageRun
		More    string
		Loaders []pageLoader

		*redaction
		ids   map[*dataloader.BatchInfo]int
		names []string
		from  time.Duration // of the run that is drawn
		all   time.Duration
	}
	pageFact struct {
		Label, Value string
		Bad          bool
	}
	pageRun struct {
		Title, Step string
		Ticks       []pageTick
		Rounds      []pageRound
	}
	pageTick struct {
		Left, Label string
		End         bool
	}
	pageRound struct {
		Number uint64
		Bars   []pageBar
	}
	pageBar struct {
		ID, Colour, Size               int
		Name, Part, SizeWord, Loads    string
		Queued, Waited, Took, Error    string
		After, AfterNames, Left, Width string
		Failed, Running                bool
		Wait                           *pageSpan
		Hint                           *pageHint
		Keys                           []string
		MoreKeys                       string
	}
	pageSpan   struct{ Left, Width string }
	pageHint   struct{ Class, Left, Right, Align, Text string }
	pageLoader struct {
		LoaderSummary
		Took string
	}
)

func (p *page) fill(v view, s Summary) {
	p.Advice = s.Advice
	p.Facts = []pageFact{
		{"rounds", strconv.Itoa(s.Rounds), false}, {"batches", strconv.Itoa(s.Batches), false},
		{"keys", strconv.Itoa(s.Keys), false},
		{"loads", strconv.FormatUint(s.Loads, 10), false}, {"hits", strconv.FormatUint(s.Hits, 10), false},
		{"in the loop", short(s.Wall), false}, {"in batch functions", short(s.LoaderTime), false},
	}
	if s.FailedKeys > 0 {
		p.Facts = append(p.Facts, pageFact{"keys failed", strconv.Itoa(s.FailedKeys), true})
	}
	for _, l := range s.Loaders {
		l.Name = legible(l.Name)
		p.Loaders = append(p.Loaders, pageLoader{l, short(l.Time)})
	}
	left := 0
	for i, run := range v {
		p.from, p.all = run.from, max(run.to-run.from, 1)
		drawn := pageRun{Title: "Time line"}
		if len(v) > 1 {
			drawn.Title = fmt.Sprintf("Run %d, after %s", i+1, short(run.from))
		}
		if run.err != nil {
			drawn.Title += ", ended with an error"
		}
		drawn.Step, drawn.Ticks = p.ticks()
		for _, round := range run.rounds {
			bars := round.bars[:min(len(round.bars), mostBars-len(p.ids))]
			left += len(round.bars) - len(bars)
			if len(bars) == 0 {
				continue
			}
			section := pageRound{Number: round.number}
			for _, b := range bars {
				section.Bars = append(section.Bars, p.batch(b))
			}
			drawn.Rounds = append(drawn.Rounds, section)
		}
		if len(drawn.Rounds) > 0 {
			p.Runs = append(p.Runs, drawn)
		}
	}
	if left > 0 {
		p.More = count(left, "more batch")
	}
}

func (p *page) batch(b bar) pageBar {
	p.ids[b.BatchInfo] = len(p.ids)
	x := pageBar{
		ID: p.ids[b.BatchInfo], Name: legible(b.Loader.Name), Colour: p.colourOf(b.Loader.Name), Size: b.Size,
		Queued: short(b.queued - p.from), Waited: short(b.Waited), Took: short(b.end - b.start),
		Left: p.percent(b.start - p.from), Width: p.percent(b.end - b.start),
		Failed: b.Err != nil, Running: b.running, Error: p.error(b.BatchInfo),
		SizeWord: count(b.Size, "key"), Keys: p.keys(b.BatchInfo, mostKeys),
	}
	if b.Parts > 1 {
		x.Part = fmt.Sprintf("%d/%d", b.Part, b.Parts)
	}
	if b.Loads > 0 {
		x.Loads = fmt.Sprintf("%s and %s", count(int(b.Loads), "load"), count(int(b.Hits), "hit"))
	}
	if len(x.Keys) > 0 && len(x.Keys) < b.Size {
		x.MoreKeys = fmt.Sprintf("and %d more", b.Size-len(x.Keys))
	}
	if b.Waited > 0 {
		x.Wait = &pageSpan{p.percent(b.queued - p.from), p.percent(b.Waited)}
	}
	var ids, names []string
	for _, after := range b.After {
		if id, ok := p.ids[after]; ok {
			ids = append(ids, strconv.Itoa(id))
		}
		names = append(names, fmt.Sprintf("%s (round %d)", legible(after.Loader.Name), after.Round))
	}
	x.After, x.AfterNames = strings.Join(ids, " "), strings.Join(names, ", ")
	x.Hint = p.hint(b, x)
	return x
}

// hint puts the first keys, or the error, where there is room: behind the bar, before it, or on it.
func (p *page) hint(b bar, x pageBar) *pageHint {
	text := strings.Join(x.Keys[:min(len(x.Keys), 40)], " ")
	if x.Error != "" {
		text = strings.TrimSpace(text + " – " + x.Error)
	}
	if text == "" {
		return nil
	}
	before := float64(b.queued-p.from) / float64(p.all)
	behind := float64(p.from+p.all-b.end) / float64(p.all)
	switch {
	case behind >= 0.3 || behind >= before && behind > 0.15:
		return &pageHint{"", p.percent(b.end - p.from), "0", "left", text}
	case before > 0.15:
		return &pageHint{"", "0", p.percent(p.from + p.all - b.queued), "right", text}
	default:
		return &pageHint{"in", x.Left, p.percent(p.from + p.all - b.end), "left", text}
	}
}

func (p *page) colourOf(loader string) int {
	i := slices.Index(p.names, loader)
	if i < 0 {
		i = len(p.names)
		p.names = append(p.names, loader)
	}
	return i % 6
}

func (p *page) percent(d time.Duration) string {
	return strconv.FormatFloat(100*float64(d)/float64(p.all), 'f', 3, 64)
}

// ticks divides the run into four to ten steps of a round length.
func (p *page) ticks() (step string, ticks []pageTick) {
	d := time.Duration(1)
	for i := 0; p.all/d > 10; i++ {
		d = d * []time.Duration{2, 5, 10}[i%3] / []time.Duration{1, 2, 5}[i%3]
	}
	for t := time.Duration(0); t <= p.all; t += d {
		ticks = append(ticks, pageTick{p.percent(t), short(t), t+d/3 > p.all})
	}
	return p.percent(d), ticks
}
