package promise

import (
	"context"
	"fmt"

	"github.com/batchtick/batchtick/scheduler"
)

// Await waits until p is settled and returns its value or its error. Inside an Async function it suspends that function
// and no other. Elsewhere on the loop's goroutine it drives the loop from there until p is settled: outside Run, where it
// is Python's get(), and inside a callback too. It may be called on the loop's goroutine only.
//
// ctx bounds the wait: when it ends first, Await returns context.Cause(ctx). Outside Run it is also what ctx is to Run. If
// nothing is left that could settle p, Await returns an error that is scheduler.ErrStalled. Unhandled rejections of other
// promises are left for Run or Close to report.
func (p *Promise[T]) Await(ctx context.Context) (T, error) {
	p.handled = true
	var err error
	if p.root().state != Pending {
		err = breathe(ctx, p.s)
	} else if err = p.wait(ctx); p.root().state != Pending {
		err = nil // settled at the last moment
	}
	if err != nil {
		var zero T
		return zero, err
	}
	root := p.root()
	return root.value, root.err
}

// breathe lets the loop run now and then during an Async function that only awaits what is settled, such as loads that are
// cached: else it could not be stopped by ctx, and nothing else would run.
func breathe(ctx context.Context, s *scheduler.Scheduler) error {
	co := s.Current()
	if co == nil || !co.Due() {
		return nil
	}
	s.Enqueue(awaiterOf(co))
	return co.Suspend(ctx)
}

func (p *Promise[T]) wait(ctx context.Context) error {
	var err error
	if co := p.s.Current(); co != nil {
		w := awaiterOf(co)
		p.react(&w.reaction, w)
		if err = co.Suspend(ctx); err != nil {
			p.forget(&w.reaction)
		}
	} else {
		err = p.s.RunUntil(ctx, func() bool { return p.root().state != Pending })
	}
	if _, stalled := err.(*scheduler.StalledError); stalled {
		return fmt.Errorf("promise: Await of %v: %w", p, err)
	}
	return err
}

// awaiter is the reaction that lets a suspended Async function go on.
type awaiter struct {
	reaction
	co    *scheduler.Coroutine
	token uint64
	busy  bool // it is in a promise's list, or queued
}

// awaiterOf returns what wakes co from its next suspension. A function has one awaiter of its own, which serves each Await
// in turn; one that is given up because ctx ended stays where it is.
func awaiterOf(co *scheduler.Coroutine) *awaiter {
	w, _ := co.Local.(*awaiter)
	if w == nil || w.busy {
		w = &awaiter{co: co}
		co.Local = w
	}
	w.busy, w.token = true, co.Next()
	return w
}

func (w *awaiter) Run() {
	w.busy = false
	w.co.Resume(w.token, nil)
}

// Abort implements scheduler.Aborter: the function has called runtime.Goexit, and its own promise says so.
func (w *awaiter) Abort(error) {}
