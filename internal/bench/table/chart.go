package main

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"text/template"

	"github.com/batchtick/batchtick/internal/bench"
)

//go:embed chart.svg.tmpl
var chartText string

var chartTemplate = template.Must(template.New("chart").Parse(chartText))

// The chart has a line for each row and a mark for each contender, at its ratio to the floor. The axis is logarithmic, since
// the peers are far away, and so has marks on it and no bars: a bar's length would say nothing.
const (
	chartWidth = 800
	labelsEnd  = 262 // where the axis begins
	axisEnd    = 660 // and where it ends; the time of batchtick stands behind
	firstLine  = 96
	lineHeight = 30
	axisLow    = 0.3 // times the floor
	axisHigh   = 100.0
)

// marks are the contenders of the chart, each with a shape of its own for those who don't see its colour. The later ones are
// drawn over the earlier ones. A default wait of 16 ms would be far to the right of all.
var marks = []struct{ contender, shape, name string }{
	{"graph-gophers", "square", "graph-gophers, by count"},
	{"mo", "diamond", "samber/mo"},
	{nodeName, "triangle", "Node.js"},
	{bench.Batchtick, "circle", "batchtick"},
	{bench.BatchtickInline, "ring", "batchtick, inline"},
}

type chart struct {
	Width, Height, Bottom int
	Middle                int // of the axis
	Footer                [2]string
	Description           string
	Gridlines             []gridline
	Legend                []legendEntry
	Lines                 []chartLine
}

type gridline struct {
	X     float64
	Label string
	Class string
}

type legendEntry struct {
	X           int
	Shape, Name string
}

type chartLine struct {
	Y                float64
	Row, Title, Time string
	From, To         float64 // the first and the last mark
	Marks            []chartMark
}

type chartMark struct {
	X     float64
	Shape string
	Says  string // what a pointer on it shows
}

// The frame is a pixel wide, half of it on each side.
func (c chart) PaperWidth() int  { return c.Width - 1 }
func (c chart) PaperHeight() int { return c.Height - 1 }

func drawChart(r Result) (string, error) {
	c := chart{
		Width: chartWidth, Middle: (labelsEnd + axisEnd) / 2,
		Bottom: firstLine + lineHeight*len(r.Rows) - lineHeight/2,
	}
	what, how, _ := strings.Cut(header(r), " · ")
	c.Footer = [2]string{what + " · a default wait of 16 ms is off the chart", how}
	c.Height = c.Bottom + 76
	for _, at := range []float64{0.5, 1, 2, 5, 10, 20, 50, 100} {
		line := gridline{X: onAxis(at), Label: multiple(at), Class: "grid"}
		if at == 1 {
			line.Label, line.Class = "by hand", "floor"
		}
		c.Gridlines = append(c.Gridlines, line)
	}
	x := 24
	for _, m := range []int{3, 4, 0, 1, 2} { // batchtick first
		c.Legend = append(c.Legend, legendEntry{x, marks[m].shape, marks[m].name})
		x += 34 + 7*len(marks[m].name)
	}
	for i, row := range r.Rows {
		c.Lines = append(c.Lines, lineOf(row, float64(firstLine+i*lineHeight)))
	}
	c.Description = describe(r)
	var b strings.Builder
	err := chartTemplate.Execute(&b, c)
	return b.String(), err
}

func lineOf(row Row, y float64) chartLine {
	line := chartLine{Y: y, Row: row.Row, Title: chartTitle(row), From: onAxis(1), To: onAxis(1)}
	if own, ok := row.Figure(bench.Batchtick); ok {
		line.Time = duration(own.Nanoseconds.Median) + "/" + row.Unit
	}
	for _, m := range marks {
		f, ok := row.Figure(m.contender)
		if !ok {
			continue
		}
		x := onAxis(f.ToFloor.Median)
		line.From, line.To = min(line.From, x), max(line.To, x)
		says := m.name + ": " + timeAndRatio(f) + " for each " + row.Unit
		line.Marks = append(line.Marks, chartMark{x, m.shape, says})
	}
	return line
}

// chartTitle is shorter than the table's.
func chartTitle(row Row) string {
	short := map[string]string{
		"A": "one load, whole", "E": "1 000 users and best friends", "G": "a chain of 1 000 Then", "I": "1 000 Async functions",
		"K": "10 000 requests", "L": "the same on all cores",
	}
	if title, ok := short[row.Row]; ok {
		return title
	}
	return row.Title
}

// onAxis is where a ratio to the floor is drawn. What is out of the axis is drawn at its end.
func onAxis(ratio float64) float64 {
	part := math.Log(ratio/axisLow) / math.Log(axisHigh/axisLow)
	return labelsEnd + (axisEnd-labelsEnd)*min(1, max(0, part))
}

func multiple(v float64) string {
	return strconv.FormatFloat(v, 'g', -1, 64) + "×"
}

// describe is the chart for those who don't see it.
func describe(r Result) string {
	var rows []string
	for _, row := range r.Rows {
		var cells []string
		for _, m := range marks {
			if f, ok := row.Figure(m.contender); ok {
				cells = append(cells, m.name+" "+significant(f.ToFloor.Median))
			}
		}
		rows = append(rows, row.Title+": "+strings.Join(cells, ", "))
	}
	return "Times as multiples of the same work by hand. " + strings.Join(rows, ". ") + "."
}
