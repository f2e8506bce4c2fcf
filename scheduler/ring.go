package scheduler

// ring is a first-in, first-out queue that reuses its memory: a chain of jobs that feeds itself for ever stays in the
// same few slots, and a burst costs its own size once.
type ring[T any] struct {
	buf  []T // len is a power of two, or 0
	head uint
	tail uint
}

func (r *ring[T]) len() int { return int(r.tail - r.head) }

func (r *ring[T]) push(v T) {
	if r.tail-r.head == uint(len(r.buf)) {
		r.grow()
	}
	r.buf[r.tail&uint(len(r.buf)-1)] = v
	r.tail++
}

// pop must not be called on an empty ring.
func (r *ring[T]) pop() T {
	slot := &r.buf[r.head&uint(len(r.buf)-1)]
	v := *slot
	var zero T
	*slot = zero // or the ring would keep alive what it no longer holds
	r.head++
	return v
}

func (r *ring[T]) grow() {
	bigger := make([]T, max(8, 2*len(r.buf)))
	for i := r.head; i != r.tail; i++ { // head and tail keep counting: endTick compares them
		bigger[i&uint(len(bigger)-1)] = r.buf[i&uint(len(r.buf)-1)]
	}
	r.buf = bigger
}
