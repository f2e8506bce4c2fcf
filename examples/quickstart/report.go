// What a person sees: both ways side by side, a line for each round trip, so that the height is the message.
package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

func report(out io.Writer, g Graph, latency time.Duration, comparisons []Comparison) {
	fmt.Fprintf(out, "%d people in a store that takes %v for a round trip.\n", len(g), latency)
	var naive, loaded Run
	for _, c := range comparisons {
		fmt.Fprintf(out, "\n%s\n\n", c.Question)
		table(out, c)
		fmt.Fprintf(out, "\n  Both found (%s):\n", c.Legend)
		answer(out, c.Loaded.Found)
		naive.Trips, naive.Took = append(naive.Trips, c.Naive.Trips...), naive.Took+c.Naive.Took
		loaded.Trips, loaded.Took = append(loaded.Trips, c.Loaded.Trips...), loaded.Took+c.Loaded.Took
	}
	fmt.Fprintf(out, "\nTogether: %d round trips naively, %d with a loader, %.1f times fewer (%s against %s).\n",
		len(naive.Trips), len(loaded.Trips), float64(len(naive.Trips))/float64(len(loaded.Trips)),
		wall(naive.Took), wall(loaded.Took))
}

// table has a row for each round trip of the longer run, and a foot with the totals.
func table(out io.Writer, c Comparison) {
	rows := [][3]string{{"trip", "naive", "with a loader"}, {}}
	for i := range max(len(c.Naive.Trips), len(c.Loaded.Trips)) {
		rows = append(rows, [3]string{fmt.Sprint(i + 1), keysOf(c.Naive, i), keysOf(c.Loaded, i)})
	}
	rows = append(rows, [3]string{},
		[3]string{"", roundTrips(c.Naive), roundTrips(c.Loaded)},
		[3]string{"", wall(c.Naive.Took), wall(c.Loaded.Took)})

	var width [3]int
	for _, row := range rows {
		for col, cell := range row {
			width[col] = max(width[col], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		if row == ([3]string{}) {
			fmt.Fprintf(out, "  %s  %s  %s\n", rule(width[0]), rule(width[1]), rule(width[2]))
			continue
		}
		line := fmt.Sprintf("  %*s  %-*s  %s", width[0], row[0], width[1], row[1], row[2])
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

func answer(out io.Writer, found []Pair) {
	width := 0
	for _, pair := range found {
		width = max(width, utf8.RuneCountInString(pair.Person))
	}
	for _, pair := range found {
		fmt.Fprintf(out, "    %-*s  →  %s\n", width, pair.Person, pair.BestFriend)
	}
}

func keysOf(run Run, trip int) string {
	if trip >= len(run.Trips) {
		return ""
	}
	keys := make([]string, len(run.Trips[trip]))
	for i, key := range run.Trips[trip] {
		keys[i] = key.String()
	}
	return strings.Join(keys, " ")
}

func roundTrips(run Run) string {
	if len(run.Trips) == 1 {
		return "1 round trip"
	}
	return fmt.Sprintf("%d round trips", len(run.Trips))
}

// wall drops the digits that no two runs share.
func wall(d time.Duration) string {
	if d < time.Millisecond {
		return d.Round(time.Microsecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

func rule(width int) string { return strings.Repeat("─", width) }
