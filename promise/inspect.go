package promise

import (
	"fmt"

	"github.com/batchtick/batchtick/scheduler"
)

// Result is the outcome of a settled promise: what AllSettled gives for each. If Err is not nil, Value is the zero value.
type Result[V any] struct {
	Value V
	Err   error
}

// State returns what p is now. It may be called on the loop's goroutine only. (Python's is_pending, is_fulfilled and
// is_rejected.)
func (p *Promise[T]) State() State { return p.root().state }

// Result returns p's value or error if it is settled. To be given the error counts as a reaction to it. It may be called on
// the loop's goroutine only. (Python's value and reason.)
func (p *Promise[T]) Result() (value T, err error, settled bool) {
	root := p.root()
	if root.state == Rejected {
		p.handled = true
	}
	return root.value, root.err, root.state != Pending
}

// Scheduler returns the scheduler that p belongs to. It may be called from any goroutine.
func (p *Promise[T]) Scheduler() *scheduler.Scheduler { return p.s }

// String describes p: its state, and its value or error. It may be called on the loop's goroutine only. (Python's repr.)
func (p *Promise[T]) String() string {
	switch root := p.root(); root.state {
	case Fulfilled:
		return fmt.Sprintf("<Promise fulfilled with %v>", root.value)
	case Rejected:
		return fmt.Sprintf("<Promise rejected with %v>", root.err)
	default:
		return "<Promise pending>"
	}
}

// String returns "pending", "fulfilled" or "rejected".
func (s State) String() string {
	switch s {
	case Fulfilled:
		return "fulfilled"
	case Rejected:
		return "rejected"
	default:
		return "pending"
	}
}
