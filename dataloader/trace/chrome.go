package trace

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/batchtick/batchtick/dataloader"
)

// ChromeTrace writes the record in the Trace Event format, which https://ui.perfetto.dev and chrome://tracing open: a track
// for each loader, a slice for each batch, and arrows from a batch to those that it led to. A loader whose batches overlap
// has as many tracks as it needs, since slices of one track must not.
//
// The format is https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
func (r *Recorder) ChromeTrace(w io.Writer) error {
	c := chrome{redaction: &r.redaction, at: map[*dataloader.BatchInfo]event{}}
	c.named("process_name", loopTrack, "batchtick")
	c.named("thread_name", loopTrack, "loop")
	for _, run := range r.look() {
		c.add(event{Name: "run", Phase: "X", Thread: loopTrack, Start: micros(run.from), Duration: new(micros(run.to - run.from))})
		for _, round := range run.rounds {
			begins := micros(round.bars[0].start)
			c.add(event{Name: fmt.Sprint("round ", round.number), Phase: "i", Thread: loopTrack, Start: begins, Scope: "p"})
			for _, b := range round.bars {
				c.batch(b)
			}
		}
	}
	return json.NewEncoder(w).Encode(map[string]any{"displayTimeUnit": "ms", "traceEvents": c.events})
}

// loopTrack is the thread of the loop; those of the loaders follow. None is 0, which Perfetto takes for an idle processor.
const loopTrack = 1

// event has the fields of the format, in the format's words but for their names in Go. Times are microseconds.
type event struct {
	Name     string         `json:"name"`
	Category string         `json:"cat"`
	Phase    string         `json:"ph"` // X: complete, i: instant, s and f: the ends of a flow, M: metadata
	Start    float64        `json:"ts"`
	Duration *float64       `json:"dur,omitempty"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	ID       int            `json:"id,omitempty"`
	Scope    string         `json:"s,omitempty"`  // of an instant; p: the process
	Binding  string         `json:"bp,omitempty"` // of a flow's end; e: to the slice that encloses it
	Args     map[string]any `json:"args,omitempty"`
}

type chrome struct {
	*redaction
	events []event
	tracks []track
	at     map[*dataloader.BatchInfo]event
	flows  int
}

type track struct {
	loader *dataloader.LoaderInfo
	free   time.Duration // when its last batch ends
}

func (c *chrome) add(e event) {
	e.Category, e.Process = "batchtick", 1
	c.events = append(c.events, e)
}

// named gives the process, or one of its threads, a name.
func (c *chrome) named(what string, thread int, name string) {
	c.add(event{Name: what, Phase: "M", Thread: thread, Args: map[string]any{"name": name}})
}

func (c *chrome) batch(b bar) {
	args := map[string]any{"round": b.Round, "size": b.Size, "waited_us": micros(b.Waited), "loads": b.Loads, "hits": b.Hits}
	if keys := c.keys(b.BatchInfo, mostKeys); keys != nil {
		args["keys"] = keys
	}
	if text := c.error(b.BatchInfo); text != "" {
		args["error"] = text
	}
	if b.running {
		args["running"] = true
	}
	e := event{
		Name: title(b), Phase: "X", Start: micros(b.start), Duration: new(micros(b.end - b.start)), Thread: c.track(b), Args: args,
	}
	c.at[b.BatchInfo] = e
	c.add(e)
	for _, after := range b.After {
		from, ok := c.at[after]
		if !ok {
			continue
		}
		c.flows++
		// An arrow begins inside its slice: at the last moment of it.
		leaves := from.Start + max(*from.Duration-0.001, 0)
		c.add(event{Name: "led to", Phase: "s", Start: leaves, Thread: from.Thread, ID: c.flows})
		c.add(event{Name: "led to", Phase: "f", Start: e.Start, Thread: e.Thread, ID: c.flows, Binding: "e"})
	}
}

// track returns the first track of the loader that is free when b starts, or a new one.
func (c *chrome) track(b bar) int {
	n := 1
	for i := range c.tracks {
		t := &c.tracks[i]
		if t.loader != b.Loader {
			continue
		}
		if t.free <= b.start {
			t.free = b.end
			return loopTrack + 1 + i
		}
		n++
	}
	c.tracks = append(c.tracks, track{b.Loader, b.end})
	name := legible(b.Loader.Name)
	if n > 1 {
		name = fmt.Sprintf("%s (%d)", name, n)
	}
	thread := loopTrack + len(c.tracks)
	c.named("thread_name", thread, name)
	return thread
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
