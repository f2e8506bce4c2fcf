package promise_test

import (
	"fmt"
	"strings"
)

// A program is a few phases; after each of them the loop runs until nothing is left. A phase is a block
// of statements. A statement makes a promise, or settles one, or posts a block. Callbacks are blocks too,
// so that what happens inside one is as rich as what happens outside.

type (
	program struct {
		phases []*block
		sites  int
	}
	block struct{ statements []*statement }

	statement struct {
		op       string
		id       int // number of the statement, for what it logs and fails with
		site     int // number of the promise that it makes, or -1
		picks    []byte
		sources  []int // promises that it works on, chosen by picks from those in scope
		value    int
		settles  []byte // what an executor does, in order
		callback *callback
	}
	callback struct {
		body  *block
		end   string // how it ends: value, error, panic, promise, fresh, nil
		pick  byte
		site  int
		value int
	}
)

const (
	maxSites = 60
	maxDepth = 3
)

var operations = []string{
	"resolvers", "resolvers", "resolve", "reject", "executor", "then", "then", "map", "map", "handle", "handle",
	"catch", "recover", "finally", "tap", "all", "allSettled", "any", "race", "done",
	"settle", "settle", "settle", "fail", "follow", "follow", "post",
}

// generator turns bytes into a program. Any bytes make a program, so that the fuzzer may change each.
type generator struct {
	data    []byte
	follows bool
	ids     int
	sites   int
}

func (g *generator) next() byte {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return b
}

func generate(data []byte) *program {
	g := &generator{data: data}
	g.follows = g.next()%4 != 0
	p := &program{}
	for range 1 + int(g.next()%3) {
		p.phases = append(p.phases, g.block(0, 2+int(g.next()%12)))
	}
	p.sites = g.sites
	var scope []*statement
	for _, phase := range p.phases {
		scope = g.link(phase, scope)
	}
	return p
}

func (g *generator) block(depth, length int) *block {
	b := &block{}
	for range length {
		if g.sites >= maxSites || len(g.data) == 0 {
			break
		}
		b.statements = append(b.statements, g.statement(depth))
	}
	return b
}

func (g *generator) statement(depth int) *statement {
	s := &statement{op: operations[int(g.next())%len(operations)], id: g.ids, site: -1, value: int(g.next() % 50)}
	g.ids++
	if s.op == "follow" && !g.follows {
		s.op = "settle"
	}
	picks := 1
	switch s.op {
	case "resolvers", "resolve", "reject", "post":
		picks = 0
	case "executor":
		picks = 0
		for range g.next() % 4 {
			s.settles = append(s.settles, g.next()%3)
		}
	case "all", "allSettled", "any", "race":
		picks = int(g.next() % 5)
	case "follow":
		picks = 2
	}
	for range picks {
		s.picks = append(s.picks, g.next())
	}
	switch s.op {
	case "done", "settle", "fail", "follow", "post":
	default:
		s.site = g.sites
		g.sites++
	}
	switch s.op {
	case "then", "handle", "catch", "map", "recover", "finally", "tap", "done", "post":
		s.callback = g.callback(s.op, depth)
	}
	return s
}

func (g *generator) callback(op string, depth int) *callback {
	ends := map[string][]string{
		"then":    {"fresh", "promise", "promise", "error", "panic", "nil"},
		"map":     {"value", "value", "value", "error", "panic"},
		"finally": {"value", "value", "value", "panic"},
	}
	ends["handle"], ends["catch"] = ends["then"], ends["then"]
	ends["recover"] = ends["map"]
	ends["tap"], ends["done"], ends["post"] = ends["finally"], ends["finally"], ends["finally"]

	c := &callback{body: &block{}, value: int(g.next() % 50), pick: g.next(), site: -1}
	c.end = ends[op][int(g.next())%len(ends[op])]
	if c.end == "promise" && !g.follows {
		c.end = "fresh"
	}
	if depth < maxDepth {
		c.body = g.block(depth+1, int(g.next()%4))
	}
	return c
}

// link decides which promises are meant. A statement sees what its block and the blocks around it have
// made before it; a callback sees all of the blocks around it, because it runs when they are through. That
// includes promises made after the callback's own, and its own: following it is a cycle.
func (g *generator) link(b *block, outer []*statement) (scope []*statement) {
	scope = outer[:len(outer):len(outer)]
	for _, s := range b.statements {
		for i, pick := range s.picks {
			candidates := scope
			if s.op == "settle" || s.op == "fail" || s.op == "follow" && i == 0 {
				candidates = resolversOf(scope)
			}
			if len(candidates) == 0 {
				s.sources = nil
				break
			}
			s.sources = append(s.sources, candidates[int(pick)%len(candidates)].site)
		}
		if s.site >= 0 {
			scope = append(scope, s)
		}
	}
	for _, s := range b.statements {
		if c := s.callback; c != nil {
			inner := g.link(c.body, scope)
			if len(inner) > 0 {
				c.site = inner[int(c.pick)%len(inner)].site
			}
		}
	}
	return scope
}

func resolversOf(scope []*statement) (found []*statement) {
	for _, s := range scope {
		if s.op == "resolvers" {
			found = append(found, s)
		}
	}
	return found
}

func (p *program) String() string {
	var text strings.Builder
	for i, phase := range p.phases {
		fmt.Fprintf(&text, "phase %d\n", i)
		phase.print(&text, "    ")
	}
	return text.String()
}

func (b *block) print(text *strings.Builder, indent string) {
	for _, s := range b.statements {
		fmt.Fprintf(text, "%s#%d ", indent, s.id)
		if s.site >= 0 {
			fmt.Fprintf(text, "p%d := ", s.site)
		}
		fmt.Fprintf(text, "%s %v value %d", s.op, s.sources, s.value)
		if s.op == "executor" {
			fmt.Fprintf(text, " settles %v", s.settles)
		}
		text.WriteByte('\n')
		if c := s.callback; c != nil {
			c.body.print(text, indent+"    ")
			fmt.Fprintf(text, "%s    -> %s p%d value %d\n", indent, c.end, c.site, c.value)
		}
	}
}
