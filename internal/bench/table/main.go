// Command table measures all rows and writes the tables and the chart of docs/performance.md. Run it from anywhere in the
// repository:
//
//	go run -C internal/bench ./table          # measure, and print
//	go run -C internal/bench ./table -write   # measure, and write docs/performance.* and the README's table
//	go run -C internal/bench ./table -from ../../docs/performance.json -write   # write again without measuring
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/batchtick/batchtick/internal/bench"
)

type settings struct {
	rounds int
	slice  time.Duration
	rows   string
	from   string
	write  bool
	module string
}

func main() {
	var s settings
	short := flag.Bool("short", false, "three rounds of short slices: to see that it works, not to believe")
	flag.IntVar(&s.rounds, "rounds", 9, "how many times each contender has a slice of time")
	flag.DurationVar(&s.slice, "slice", 50*time.Millisecond, "the time of a slice; a contender runs once at least")
	flag.StringVar(&s.rows, "rows", "", "only these rows, such as BEF")
	flag.StringVar(&s.from, "from", "", "a JSON file that -write has written, in place of measuring")
	flag.BoolVar(&s.write, "write", false, "write docs/performance.md, .svg and .json, and the README's table")
	flag.StringVar(&s.module, "module", ".", "the folder of this module; go run -C has set it")
	flag.Parse()
	if *short {
		s.rounds, s.slice = 3, time.Millisecond
	}
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(s settings) error {
	if s.rows != "" && s.write {
		return errors.New("-write writes all rows: leave -rows out")
	}
	if s.rounds < 1 {
		return errors.New("-rounds must be 1 at least")
	}
	result, err := s.result()
	if err != nil {
		return err
	}
	if s.write {
		return write(filepath.Join(s.module, "..", ".."), result)
	}
	fmt.Print(markdownTable(result))
	return nil
}

func (s settings) result() (Result, error) {
	if s.from != "" {
		return readResult(s.from)
	}
	progress := func(text string) { fmt.Fprintln(os.Stderr, text) }
	workloads, err := selected(s.rows)
	if err != nil {
		return Result{}, err
	}
	result := Result{Machine: thisMachine(), Rounds: s.rounds}
	js, err := startNode(s.module)
	if err != nil {
		progress("the Node.js column stays empty: " + err.Error())
	} else {
		result.Machine.Node = js.version
	}
	m := measurer{workloads, s.slice, js, progress}
	result.Rows, err = m.measure(s.rounds)
	if js != nil {
		err = errors.Join(err, js.Close())
	}
	return result, err
}

func selected(rows string) ([]bench.Workload, error) {
	if rows == "" {
		return bench.Workloads(), nil
	}
	var chosen []bench.Workload
	for _, w := range bench.Workloads() {
		if strings.Contains(rows, w.Row) {
			chosen = append(chosen, w)
		}
	}
	if len(chosen) != len(rows) {
		return nil, fmt.Errorf("-rows %s: rows are the letters A to L, each once", rows)
	}
	return chosen, nil
}

func thisMachine() Machine {
	return Machine{
		CPU: cpuModel(), Cores: runtime.GOMAXPROCS(0),
		Go:   strings.Replace(runtime.Version(), "go", "Go ", 1) + " " + runtime.GOOS + "/" + runtime.GOARCH,
		Date: time.Now().Format(time.DateOnly),
	}
}

// cpuModel is what Linux says, or else that it is not known.
func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}
