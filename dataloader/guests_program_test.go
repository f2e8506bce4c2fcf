package dataloader_test

import (
	"fmt"
	"strings"
)

// A guestProgram is a tree of goroutines and what each of them does. It is decoded from bytes, so that the fuzzer can
// mutate it.
type guestProgram struct {
	cfg    guestConfig
	bodies []*guestBody // the goroutines of the outermost group
	count  int          // goroutines, those of nested groups included
}

// guestConfig is how the loaders and the outermost group of a program are made.
type guestConfig struct {
	driver    guestDriver
	lockstep  bool
	loaders   int
	inline    [2]bool
	maxBatch  [2]int
	failWhole bool // some batches fail as a whole
	limit     int  // of the outermost group; 0: none
	failing   bool // some goroutines fail, or end the context
}

// guestDriver is who waits for the outermost group.
type guestDriver int

const (
	driveByWait     guestDriver = iota // Wait, outside Run
	driveInAsync                       // Wait in an Async function
	driveInCallback                    // Wait in a callback
	driveByHand                        // Run, with guests that are announced and retired by hand
)

type guestKind int

const (
	gGet guestKind = iota
	gGetMany
	gBoth  // a Call that joins a load of each loader
	gChain // a Call of a load that leads to another
	gAsync // the same, in an Async function
	gResolve
	gReject
	gNil
	gPanicInCall
	gYield
	gSpawn // another goroutine of the group that this one is in
	gNest  // a group of its own; it is waited for by gJoin, or at the end
	gJoin
	gReturnError // from here on only in programs that fail
	gPanic
	gGoexit
	gCancel // ends the context of everything
	gKinds
)

var guestKindNames = [gKinds]string{
	"Get", "GetMany", "both", "chain", "async", "resolve", "reject", "nil", "panic in call", "yield", "spawn", "nest", "join",
	"return error", "panic", "goexit", "cancel",
}

// guestOp is one step of a goroutine. Its keys depend on what was loaded before: see guestKey.
type guestOp struct {
	kind   guestKind
	loader int
	keys   []byte
	limit  int
	bodies []*guestBody
}

type guestBody struct {
	id  int
	ops []*guestOp
}

// exact says that the batches of each round are certain. Under Eager two loaders, or two batches of one, whose results
// come at different times make rounds of their own. A batch that fails as a whole is forgotten at once, so whoever loads
// one of its keys in the same round gets it anew or not, by luck, if there was another result to act on.
func (c guestConfig) exact() bool {
	inline := c.inline[0] && (c.loaders == 1 || c.inline[1])
	alone := c.loaders == 1 && c.maxBatch[0] == 0
	if c.failing || c.failWhole && (c.maxBatch != [2]int{} || !inline && !alone) {
		return false
	}
	return c.lockstep || inline || alone
}

const (
	guestKeys    = 14 // few, so that many goroutines load the same
	missingKey   = 5  // each loader has no value for these, modulo 7
	poisonousKey = 11 // a batch that holds this one fails as a whole, where batches do
)

// guestKey is the key that an operation means, given what its goroutine has seen so far.
func guestKey(seen int, b byte) int { return (seen*int(b>>4) + int(b&15)) % guestKeys }

func guestValue(loader, key int) int { return 100*loader + 7*key + 3 }

type guestDecoder struct {
	data  []byte
	p     *guestProgram
	depth int
}

func (d *guestDecoder) next() int {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return int(b)
}

func decodeGuests(data []byte) *guestProgram {
	p := &guestProgram{}
	d := &guestDecoder{data: data, p: p}
	a, b := d.next(), d.next()
	c := &p.cfg
	c.driver = guestDriver(a & 3)
	c.lockstep = a&4 != 0
	c.loaders = 1 + a>>3&1
	c.failing = a&0x30 == 0x30
	c.limit = a >> 6
	c.inline = [2]bool{b&1 != 0, b&2 != 0}
	for i := range c.maxBatch {
		if b>>(2+i)&1 != 0 {
			c.maxBatch[i] = 2
		}
	}
	c.failWhole = b&0x30 == 0x30
	for range 1 + b>>6 {
		p.bodies = append(p.bodies, d.body())
	}
	for len(d.data) > 0 && p.count < 30 {
		p.bodies = append(p.bodies, d.body())
	}
	return p
}

func (d *guestDecoder) body() *guestBody {
	body := &guestBody{id: d.p.count}
	d.p.count++
	d.depth++
	defer func() { d.depth-- }()
	for range 1 + d.next()%6 {
		if len(d.data) == 0 {
			break
		}
		b := d.next()
		o := &guestOp{kind: guestKind(b % 32), loader: b >> 5 % d.p.cfg.loaders}
		if o.kind >= gReturnError && (o.kind >= gKinds || !d.p.cfg.failing) {
			o.kind = []guestKind{gGet, gGetMany, gGet, gNest, gSpawn, gChain}[b%6]
		}
		switch o.kind {
		case gGet:
			o.keys = d.keys(1)
		case gGetMany:
			o.keys = d.keys(1 + d.next()%4)
		case gBoth, gChain, gAsync:
			o.keys = d.keys(2)
		case gSpawn, gNest:
			if d.depth > 3 || d.p.count > 30 {
				o.kind = gYield
				break
			}
			n := 1
			if o.kind == gNest {
				shape := d.next()
				o.limit, n = shape&3, 1+shape>>2%3
			}
			for range n {
				o.bodies = append(o.bodies, d.body())
			}
		}
		body.ops = append(body.ops, o)
	}
	return body
}

func (d *guestDecoder) keys(n int) []byte {
	keys := make([]byte, n)
	for i := range keys {
		keys[i] = byte(d.next())
	}
	return keys
}

func (p *guestProgram) String() string {
	var w strings.Builder
	fmt.Fprintf(&w, "%+v exact:%v\n", p.cfg, p.cfg.exact())
	for _, b := range p.bodies {
		b.print(&w, "")
	}
	return w.String()
}

func (b *guestBody) print(w *strings.Builder, indent string) {
	fmt.Fprintf(w, "%sgoroutine %d\n", indent, b.id)
	for _, o := range b.ops {
		fmt.Fprintf(w, "%s  %s loader %d keys %v", indent, guestKindNames[o.kind], o.loader, o.keys)
		if o.kind == gNest {
			fmt.Fprintf(w, " limit %d", o.limit)
		}
		w.WriteString("\n")
		for _, child := range o.bodies {
			child.print(w, indent+"    ")
		}
	}
}
