package scheduler

import (
	"container/heap"
	"time"
)

// Timer is a call that AfterFunc has scheduled.
type Timer struct {
	s     *Scheduler
	due   time.Time
	seq   uint64 // creation order, for timers that are due at the same time
	index int    // in the heap; fired once it has left it
	fn    func() // nil once stopped or run
}

const fired = -1

// AfterFunc runs fn on the loop, in a tick of its own turn, once d has passed. Timers that are due together run in the
// order of their due times, then of their creation. A pending timer keeps Run waiting. It may be called from the loop's
// goroutine only. A d of zero or less is due at once, still in a later turn.
func (s *Scheduler) AfterFunc(d time.Duration, fn func()) *Timer {
	if s.parked.Load() {
		panic(wrongGoroutine("AfterFunc"))
	}
	if fn == nil {
		panic("scheduler: AfterFunc(d, nil): give it the function to run when the time has come")
	}
	t := &Timer{s: s, due: time.Now().Add(max(d, 0)), seq: s.timerSeq, fn: fn}
	s.timerSeq++
	heap.Push(&s.timers, t)
	return t
}

// Stop prevents the timer from firing. It reports whether it did: false if the timer has run or was stopped before. It
// may be called from the loop's goroutine only.
func (t *Timer) Stop() bool {
	if t.fn == nil {
		return false
	}
	t.fn = nil
	if t.index != fired { // else it is in the queue, where Run finds nothing to call
		heap.Remove(&t.s.timers, t.index)
	}
	return true
}

// dueTimer is a Timer in the queue: a type of its own, so that Timer has no public Run.
type dueTimer Timer

func (t *dueTimer) Run() {
	if fn := t.fn; fn != nil {
		t.fn = nil
		fn()
	}
}

// timerHeap orders timers by due time, then by creation; it implements heap.Interface.
type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.index = fired
	return t
}

func (h *timerHeap) popFirst() *dueTimer { return (*dueTimer)(heap.Pop(h).(*Timer)) }
