package v8order_test

import "math/rand/v2"

const (
	maxSites = 60
	maxDepth = 3
)

// What a program is made of, with repetitions for what should be frequent. A plain one has the first list only.
var (
	plainOps = []string{
		"resolvers", "resolvers", "resolve", "resolve", "reject", "executor", "try",
		"map", "map", "map", "map", "map", "map", "recover", "recover", "recover", "tap", "tap", "done", "done",
		"pass", "passCatch", "passFinally", "enqueue", "enqueue",
		"settle", "settle", "settle", "settle", "fail", "fail",
		"all", "allSettled", "any", "race",
	}
	pricedOps = append([]string{
		"then", "then", "then", "then", "then", "handle", "handle", "handle", "catch", "catch", "catch",
		"finally", "finally", "finally", "follow", "follow", "follow", "async", "async",
	}, plainOps...)
)

type generator struct {
	*rand.Rand
	ops   []string
	ids   int
	sites int
}

// generate makes the program of a seed.
func generate(seed uint64) *program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x76386f72646572)), ops: pricedOps}
	if g.IntN(3) == 0 {
		g.ops = plainOps
	}
	p := &program{Seed: seed}
	for range 1 + g.IntN(3) {
		p.Phases = append(p.Phases, g.block(4+g.IntN(16), 0))
	}
	p.Sites = g.sites
	l := &linker{g: g, rank: g.Perm(g.sites)}
	var scope []*statement
	for i := range p.Phases {
		p.Phases[i], scope = l.link(p.Phases[i], scope, false)
	}
	return p
}

func (g *generator) block(length, depth int) []*statement {
	body := []*statement{}
	for range length {
		if g.sites < maxSites {
			body = append(body, g.statement(g.ops[g.IntN(len(g.ops))], depth))
		}
	}
	return body
}

func (g *generator) statement(op string, depth int) *statement {
	g.ids++
	s := &statement{Op: op, ID: g.ids, Site: -1, On: []int{}, wanted: 1}
	switch op {
	case "resolvers", "resolve", "reject", "executor", "try", "enqueue", "async":
		s.wanted = 0
	case "all", "allSettled", "any", "race":
		s.wanted = g.IntN(5)
		if op == "race" { // of none: a known difference, asserted elsewhere
			s.wanted++
		}
	case "follow":
		s.wanted = 2
	}
	switch op {
	case "executor":
		for range g.IntN(4) {
			s.Acts = append(s.Acts, g.pick("resolve", "resolve", "reject", "throw"))
		}
	case "try":
		s.End = g.pick("value", "value", "error", "panic")
	case "await":
		s.Rethrow = g.IntN(2) == 0
	}
	switch op {
	case "done", "settle", "fail", "follow", "enqueue", "await":
	default:
		s.Site = g.sites
		g.sites++
	}
	s.Callback = g.callback(op, depth)
	return s
}

func (g *generator) callback(op string, depth int) *callback {
	c := &callback{Return: -1}
	switch op {
	case "map", "recover", "async":
		c.End = g.pick("value", "value", "value", "value", "error", "panic")
	case "then", "handle", "catch":
		c.End = g.pick("promise", "promise", "promise", "promise", "fresh", "fresh", "freshReject", "panic", "own")
	case "finally", "tap", "done":
		c.End = g.pick("value", "value", "value", "value", "panic")
	case "enqueue":
		c.End = "value"
	default:
		return nil
	}
	c.Body = []*statement{}
	if depth < maxDepth {
		c.Body = g.block(g.IntN(5), depth+1)
	}
	if op == "async" {
		for range g.IntN(4) {
			at := g.IntN(len(c.Body) + 1)
			c.Body = append(c.Body[:at:at], append([]*statement{g.statement("await", depth)}, c.Body[at:]...)...)
		}
	}
	return c
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }
