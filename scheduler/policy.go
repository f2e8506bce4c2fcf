package scheduler

// Policy decides whether a tick may end once the queue is empty and no guest is active. Eager and Lockstep are the two there
// are; the method is unexported so that a third can be added, or more be asked of each, without breaking anyone.
type Policy interface {
	tickMayEnd(s *Scheduler) bool
}

type policy uint8

const (
	// Eager ends the tick as soon as the queue is empty, even while operations are in flight. This is JavaScript's and
	// Python's rule, and it never waits for a slow source before it asks a fast one. Two results that arrive at different
	// times lead to two batches.
	Eager policy = iota

	// Lockstep ends the tick only when no operation is in flight either. The same request makes the same batches however
	// long each source takes; a fast source then waits for the slow one of the same round.
	Lockstep
)

func (p policy) tickMayEnd(s *Scheduler) bool {
	return p == Eager || s.flight.count <= int(s.lent.Load())
}

// String returns the name of the policy.
func (p policy) String() string {
	if p == Lockstep {
		return "Lockstep"
	}
	return "Eager"
}
