package dataloader_test

import (
	"fmt"
	"slices"
	"strings"
)

// A program is what a random test does with its loaders: steps, each a list of operations followed by a Run.
// It is decoded from bytes, so that the fuzzer can mutate it and a failure can be cut short.
type program struct {
	cfg   config
	steps [][]*op
	ops   int
}

// config is how a program's loaders are built, and where their sources fail.
type config struct {
	exec        execution
	loaders     int
	unordered   bool // order within a tick is not compared, so callbacks may be behind any number of hops
	maxBatch    int
	noBatching  bool
	concurrency int
	cache       cacheKind
	cacheSize   int
	noErrors    bool // WithoutErrorCache
	failKeys    byte // a bit a key: it fails alone
	failBatches byte // a bit a batch number modulo 8: it fails whole
}

type execution int

const (
	inline    execution = iota
	goroutine           // a batch function in its own goroutine, one at a time, or all of a round under Lockstep
	byHand              // promised batches that stay in flight until the program settles them
)

type cacheKind int

const (
	builtinCache cacheKind = iota
	noCache
	fifoCache // keeps only the newest few, so it evicts keys that are queued or in flight
)

type opKind int

const (
	opEnd opKind = iota
	opLoad
	opLoadMany
	opLoadSettled
	opLoadMap
	opClear
	opClearAll
	opPrime
	opPrimeError
	opSettle // answers a batch that is in flight, and runs
)

// op is one operation. Those under then are done in the callback of its result, whichever that is.
type op struct {
	id     int
	kind   opKind
	loader int
	keys   []int
	hops   int // callbacks between the load and the one that counts
	then   []*op
}

func (o *op) print(w *strings.Builder, indent string) {
	name := [...]string{"end", "Load", "LoadMany", "LoadSettled", "LoadMap", "Clear", "ClearAll", "Prime", "PrimeError", "settle"}[o.kind]
	fmt.Fprintf(w, "%s#%d loader%d.%s%v", indent, o.id, o.loader, name, o.keys)
	if o.hops > 0 {
		fmt.Fprintf(w, " after %d hops", o.hops)
	}
	w.WriteString("\n")
	for _, n := range o.then {
		n.print(w, indent+"    then ")
	}
}

func (p program) String() string {
	var w strings.Builder
	fmt.Fprintf(&w, "%+v\n", p.cfg)
	for i, step := range p.steps {
		fmt.Fprintf(&w, "step %d\n", i)
		for _, o := range step {
			o.print(&w, "  ")
		}
	}
	return w.String()
}

// decoder reads a program from bytes; when they run out it reads zeros, which end everything.
type decoder struct {
	data []byte
	p    program
}

func (d *decoder) next(n int) int {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return int(b) % n
}

func decodeProgram(data []byte) program {
	d := &decoder{data: data}
	c := &d.p.cfg
	c.exec = execution(d.next(3))
	c.loaders = 1 + d.next(2)
	c.unordered = d.next(3) == 2
	c.maxBatch = d.next(4)
	c.noBatching = d.next(8) == 7
	c.cache = cacheKind(d.next(3))
	c.cacheSize = d.next(4)
	c.noErrors = d.next(3) == 2
	c.concurrency = d.next(3)
	sparse := func() byte { // a quarter of the bits, where one draw has half
		a, b := d.next(256), d.next(256)
		return byte(a & b)
	}
	c.failKeys = sparse()
	c.failBatches = sparse()
	c.decide()
	for range 6 {
		step := d.list(8, 0)
		if len(step) == 0 {
			break
		}
		d.p.steps = append(d.p.steps, step)
	}
	return d.p
}

// decide takes out of a configuration what would make the outcome depend on the luck of goroutines, or on an order
// that the design leaves open.
func (c *config) decide() {
	if c.unordered {
		// A cache that evicts by the order of the loads, or a cut in their order, would show that order.
		c.maxBatch, c.noBatching = 0, false
		if c.cache == fifoCache {
			c.cache = builtinCache
		}
	}
	switch c.exec {
	case goroutine:
		c.maxBatch, c.noBatching, c.concurrency = 0, false, 0
		if c.unordered {
			// An entry that a failure evicts is evicted when its goroutine happens to be done.
			c.noErrors, c.failBatches = false, 0
		} else {
			c.loaders = 1
		}
	case byHand:
		c.unordered = false
		// Whether a reload joins a batch that is cut but waits for its slot is left open: no evictions while one can.
		if c.concurrency > 0 && c.cache == fifoCache {
			c.cache = builtinCache
		}
	case inline:
		c.concurrency = 0
	}
}

// list decodes up to n operations that are done one after the other; depth is how many callbacks they are in.
func (d *decoder) list(n, depth int) []*op {
	var ops []*op
	for range n {
		o := d.op(depth)
		if o == nil {
			break
		}
		ops = append(ops, o)
	}
	return ops
}

func (d *decoder) op(depth int) *op {
	if d.p.ops == 60 {
		return nil
	}
	c := d.p.cfg
	kind := [...]opKind{
		opEnd, opLoad, opLoad, opLoad, opLoad, opLoad, opLoadMany, opLoadMany,
		opLoadSettled, opLoadMap, opClear, opClear, opClearAll, opPrime, opPrimeError, opSettle,
	}[d.next(16)]
	if kind == opEnd {
		return nil
	}
	d.p.ops++
	o := &op{id: d.p.ops, kind: kind, loader: d.next(c.loaders)}
	switch kind {
	case opLoadMany, opLoadSettled, opLoadMap:
		for range d.next(5) {
			o.keys = append(o.keys, d.next(8))
		}
		if kind == opLoadMap {
			// Whether it asks twice for a key that it was given twice shows only without a cache, and is left open.
			slices.Sort(o.keys)
			o.keys = slices.Compact(o.keys)
		}
	case opClearAll:
	default:
		o.keys = []int{d.next(8)}
	}
	switch {
	case kind == opSettle && (c.exec != byHand || depth > 0),
		// A cleared key and a batch that waits for a slot: see decide.
		(kind == opClear || kind == opClearAll) && c.concurrency > 0,
		// What these do depends on the order of the callbacks around them.
		depth > 0 && c.unordered && (kind == opClear || kind == opClearAll || kind == opPrime || kind == opPrimeError):
		o.kind, o.keys = opLoad, []int{d.next(8)}
	}
	if c.unordered {
		o.hops = d.next(4)
	}
	// When the result of several loads is there, to the job, is the business of promise.All.
	if depth < 3 && (o.kind == opLoad || c.unordered && (o.kind == opLoadMany || o.kind == opLoadSettled || o.kind == opLoadMap)) {
		o.then = d.list(3, depth+1)
	}
	return o
}
