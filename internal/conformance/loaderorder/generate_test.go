package loaderorder_test

import "math/rand/v2"

const (
	maxOps   = 60
	maxDepth = 3
	keys     = 8 // so few that loads meet
)

type generator struct {
	*rand.Rand
	p   *program
	ids int
	key int // the next key of a program whose keys are unique
}

// generate makes the program of a seed.
func generate(seed uint64) *program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x6c6f61646572)), p: &program{Seed: seed, Loaders: 1, FailAs: "reject"}}
	g.configure()
	for range 1 + g.IntN(4) {
		g.p.Phases = append(g.p.Phases, g.block(1+g.IntN(10), 0))
	}
	return g.p
}

func (g *generator) configure() {
	p := g.p
	p.Class = []string{"single", "several", "free"}[g.IntN(3)]
	p.NoCache = g.IntN(5) == 0
	p.Promised = g.IntN(3) == 0
	p.FailKeys, p.FailBatches = g.some(), g.some()
	switch p.Class {
	case "single":
		p.Keyed = !p.Promised && g.IntN(3) == 0
		if g.IntN(2) == 0 {
			p.Max = 1 + g.IntN(4)
		}
		p.FailAs = g.pick("reject", "short", "throw")
		if p.FailAs == "throw" && p.Max > 0 { // a throw fails its batch before others of the round are sent
			p.FailAs = "reject"
		}
	case "several":
		p.Loaders = 2 + g.IntN(2)
		p.FailAs = g.pick("reject", "short")
		p.Delegates = p.Promised && g.IntN(2) == 0
		if p.Delegates {
			p.FailBatches = []int{} // what a batch costs in jobs then depends on its loader, not on how it ends
		}
	case "free":
		p.Loaders = 1 + g.IntN(3)
		p.FailAs = g.pick("reject", "short")
	}
}

// some is often nothing, so that most loads work.
func (g *generator) some() []int {
	found := []int{}
	for i := range 8 {
		if g.IntN(10) == 0 {
			found = append(found, i)
		}
	}
	return found
}

func (g *generator) block(length, depth int) []*op {
	ops := []*op{}
	for range length {
		if g.ids < maxOps {
			ops = append(ops, g.op(depth))
		}
	}
	return ops
}

func (g *generator) op(depth int) *op {
	g.ids++
	o := &op{ID: g.ids, Loader: g.IntN(g.p.Loaders), Next: g.IntN(g.p.Loaders), Then: []*op{}}
	o.Op = g.pick("load", "load", "load", "load", "load", "chain", "loadMany", "loadAll",
		"clear", "clear", "clearAll", "prime", "primeError")
	if g.p.Class == "several" || g.p.Class == "free" && depth > 0 {
		// With a clear or prime in a callback the outcome of others would depend on the order.
		o.Op = g.pick("load", "load", "load", "chain", "loadMany", "loadAll")
	}
	switch o.Op {
	case "chain":
		o.Keys = []int{g.nextKey(), g.nextKey()}
	case "loadMany", "loadAll":
		o.Keys = []int{}
		for range g.IntN(5) {
			o.Keys = append(o.Keys, g.nextKey())
		}
	case "clearAll":
		o.Keys = []int{}
		return o
	default:
		o.Keys = []int{g.nextKey()}
	}
	switch o.Op {
	case "clear", "prime", "primeError":
		return o
	}
	o.Hops = max(0, g.IntN(6)-3)
	if depth < maxDepth {
		o.Then = g.block(g.IntN(4), depth+1)
	}
	return o
}

func (g *generator) nextKey() int {
	switch {
	case g.p.Class == "several":
		g.key++
		return g.key
	case g.p.Keyed:
		return g.IntN(keys) + 100*g.IntN(3)
	default:
		return g.IntN(keys)
	}
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }
