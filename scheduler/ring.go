package scheduler

// ring is a first-in, first-out queue of jobs that reuses its memory: a chain of jobs that feeds itself for ever stays in the
// same few slots, and a burst costs its own size once. It is for jobs alone, since a generic one is not inlined.
type ring struct {
	buf  []Job // len is a power of two
	head uint
	tail uint
}

func (r *ring) len() int { return int(r.tail - r.head) }

func (r *ring) push(job Job) {
	if r.tail-r.head == uint(len(r.buf)) {
		r.grow()
	}
	r.buf[r.tail&uint(len(r.buf)-1)] = job
	r.tail++
}

// pop must not be called on an empty ring.
func (r *ring) pop() Job {
	slot := &r.buf[r.head&uint(len(r.buf)-1)]
	job := *slot
	*slot = nil // or the ring would keep alive what it no longer holds
	r.head++
	return job
}

// ends changes with every push and pop.
func (r *ring) ends() [2]uint { return [2]uint{r.head, r.tail} }

// unpush takes back the latest push.
func (r *ring) unpush() {
	r.tail--
	r.buf[r.tail&uint(len(r.buf)-1)] = nil
}

func (r *ring) grow() {
	bigger := make([]Job, 2*len(r.buf))
	for i := r.head; i != r.tail; i++ { // head and tail keep counting: endTick compares them
		bigger[i&uint(len(bigger)-1)] = r.buf[i&uint(len(r.buf)-1)]
	}
	clear(r.buf) // it may be part of an object that lives on
	r.buf = bigger
}
