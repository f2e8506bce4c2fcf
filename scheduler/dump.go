package scheduler

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"
)

// Dump is a snapshot of what a scheduler waits for. Its String is for a person who asks why a request does not end.
type Dump struct {
	Jobs       int      // jobs in the queue
	TickEnd    []string // what will run at the tick end: loaders with keys that are not dispatched yet
	Operations []string // in flight: batches with their loader, keys and age; else the name of the function
	Suspended  []string // Async functions in Await: the function and the line where it waits
	Timers     []string // the function that will be called, and in how long
	Holds      []string // the function and the line that took it
	Calls      int      // goroutines that are blocked in a Visit, as in promise.Call
	Guests     int      // guests that are active: the tick can't end before they call or end
}

// Dump says what s waits for. It costs nothing until it is called. It may be called from the loop's goroutine only; from
// another, Post a func that calls it: a loop that waits is woken for that.
func (s *Scheduler) Dump() Dump {
	if s.parked.Load() {
		panic(wrongGoroutine("Dump"))
	}
	d := Dump{
		Jobs: s.queue.len(), Suspended: s.whereSuspended(s.asleep.count), Calls: s.visits.count, Guests: s.active(),
	}
	for i := s.hooks.head; i != s.hooks.tail; i++ {
		d.TickEnd = append(d.TickEnd, describe(s.hooks.buf[i&uint(len(s.hooks.buf)-1)]))
	}
	for f := s.flight.first; f != nil; f = f.link.next {
		d.Operations = append(d.Operations, describe(f.op))
	}
	for _, t := range s.timers {
		d.Timers = append(d.Timers, fmt.Sprintf("%s in %v", describe(t.fn), time.Until(t.due).Round(time.Microsecond)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for h := s.holds.first; h != nil; h = h.link.next {
		d.Holds = append(d.Holds, where([]uintptr{h.pc}))
	}
	return d
}

// String lists what is waited for, a line each.
func (d Dump) String() string {
	var b strings.Builder
	if d.Jobs > 0 {
		fmt.Fprintf(&b, "%d queued\n", d.Jobs)
	}
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"waiting for the tick to end", d.TickEnd},
		{"in flight", d.Operations},
		{"suspended in Await", d.Suspended},
		{"timer", d.Timers},
		{"held", d.Holds},
	} {
		for _, line := range part.lines {
			fmt.Fprintf(&b, "%s: %s\n", part.title, line)
		}
	}
	if d.Calls > 0 {
		fmt.Fprintf(&b, "%d blocked in promise.Call\n", d.Calls)
	}
	if d.Guests > 0 {
		fmt.Fprintf(&b, "%d guests active\n", d.Guests)
	}
	if b.Len() == 0 {
		return "nothing is waited for"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// describe names an operation, a hook or a func: with its own words, or else by the function that it is.
func describe(v any) string {
	switch v := v.(type) {
	case fmt.Stringer:
		return v.String()
	case *funcOperation:
		return describe(v.op)
	}
	if f := reflect.ValueOf(v); f.Kind() == reflect.Func {
		if f.IsNil() {
			return "nil"
		}
		return place(runtime.FuncForPC(f.Pointer()).Name(), 0, "")
	}
	return fmt.Sprintf("%T", v)
}

// whereSuspended returns where the first coroutines that are suspended wait. It asks them: each is resumed for as long as it
// takes to look at its own stack.
func (s *Scheduler) whereSuspended(most int) []string {
	var at []string
	for c := s.asleep.first; c != nil && len(at) < most; c = c.link.next {
		pcs := make([]uintptr, 32)
		c.probe = pcs
		c.run()
		at = append(at, where(c.probe))
		c.probe = nil
	}
	return at
}

// where returns the first of the callers that is not the library's own.
func where(pcs []uintptr) string {
	frames := runtime.CallersFrames(pcs)
	for {
		frame, more := frames.Next()
		if !more || !ours(frame.Function) {
			return place(frame.Function, frame.Line, frame.File)
		}
	}
}

// ours reports whether function is one of the packages' own, their tests aside.
func ours(function string) bool {
	const module = "github.com/batchtick/batchtick/"
	for _, pkg := range []string{"scheduler.", "promise.", "dataloader."} {
		if strings.HasPrefix(function, module+pkg) {
			return true
		}
	}
	return false
}

func place(function string, line int, file string) string {
	function = function[strings.LastIndexByte(function, '/')+1:]
	if file == "" {
		return function
	}
	return fmt.Sprintf("%s (%s:%d)", function, filepath.Base(file), line)
}
