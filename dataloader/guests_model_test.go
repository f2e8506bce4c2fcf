package dataloader_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// guestHost is what the goroutines of a program are made of: the library's, or the model's.
type guestHost interface {
	get(loader, key int) (int, error)
	getMany(loader int, keys []int) ([]int, error)
	both(l, key, m, other int) (int, error)
	chain(async bool, l, key, m int, next func(int) int) (int, error)
	call(kind guestKind) (int, error)
	yield()
	spawn(b *guestBody)
	nest(limit int, bodies []*guestBody) (join func() error)
	fail(kind guestKind) error
	note(id int, text string)
}

// perform does what a goroutine of a program does, and notes each result.
func perform(h guestHost, b *guestBody) error {
	seen := b.id
	step := func(v int, err error) {
		text := fmt.Sprint(v)
		if err != nil {
			// Which of several keys fails first is luck, so errors are all the same here.
			v, text = 17, "error"
		}
		seen = (seen*31 + v) % 1009
		h.note(b.id, text)
	}
	var joins []func() error
	join := func() {
		if len(joins) > 0 {
			last := joins[len(joins)-1]
			joins = joins[:len(joins)-1]
			step(0, last())
		}
	}
	// Also if the goroutine fails: whoever made a group waits for it.
	defer func() {
		for len(joins) > 0 {
			join()
		}
	}()
	for _, o := range b.ops {
		keys := make([]int, len(o.keys))
		for i, k := range o.keys {
			keys[i] = guestKey(seen, k)
		}
		switch o.kind {
		case gGet:
			step(h.get(o.loader, keys[0]))
		case gGetMany:
			values, err := h.getMany(o.loader, keys)
			sum := 0
			for _, v := range values {
				sum = (sum*13 + v) % 1009
			}
			step(sum, err)
		case gBoth:
			step(h.both(0, keys[0], o.loader, keys[1]))
		case gChain, gAsync:
			step(h.chain(o.kind == gAsync, 0, keys[0], o.loader, func(v int) int { return guestKey(v, o.keys[1]) }))
		case gResolve, gReject, gNil, gPanicInCall:
			step(h.call(o.kind))
		case gYield:
			h.yield()
		case gSpawn:
			h.spawn(o.bodies[0])
		case gNest:
			joins = append(joins, h.nest(o.limit, o.bodies))
		case gJoin:
			join()
		default:
			return h.fail(o.kind)
		}
	}
	return nil
}

// guestModel runs a program without goroutines at a time: in each round everyone runs until he is blocked, one after the
// other, and then each loader sends what it was asked for. It knows of no limits, since those change no batch, and of no
// goroutine that fails.
type guestModel struct {
	cfg     guestConfig
	loaders [2]modelLoader
	guests  []*modelGuest
	start   func(g *modelGuest, b *guestBody)
	notes   map[int][]string
	rounds  int
}

type modelLoader struct {
	cache   map[int]*modelLoad
	queue   []*modelLoad
	batches [][]int // sorted, one a round in which there was one; cut to size by whoever compares
}

type modelLoad struct {
	key  int
	done bool
	v    int
	err  error
}

type modelGroup struct{ active int }

type modelGuest struct {
	m     *guestModel
	group *modelGroup
	block func(bool) bool // hands the turn back
	ready func() bool     // nil: it can go on
}

func runModel(p *guestProgram) *guestModel {
	m := &guestModel{cfg: p.cfg, notes: map[int][]string{}}
	for i := range m.loaders {
		m.loaders[i].cache = map[int]*modelLoad{}
	}
	outer := &modelGroup{}
	var turns []func() (bool, bool)
	start := func(g *modelGuest, b *guestBody) {
		g.group.active++
		next, _ := iter.Pull(func(yield func(bool) bool) {
			g.block = yield
			_ = perform(g, b)
			g.group.active--
		})
		m.guests, turns = append(m.guests, g), append(turns, next)
	}
	m.start = start
	for _, b := range p.bodies {
		start(&modelGuest{m: m, group: outer}, b)
	}
	for {
		for again := true; again; {
			again = false
			for i := 0; i < len(turns); i++ {
				if turns[i] == nil || m.guests[i].ready != nil && !m.guests[i].ready() {
					continue
				}
				again = true
				if _, more := turns[i](); !more {
					turns[i] = nil
				}
			}
		}
		if !m.dispatch() {
			break
		}
	}
	if outer.active != 0 {
		panic("the model is blocked for ever")
	}
	return m
}

// dispatch ends a round: each loader answers what it was asked for. It reports whether there was anything.
func (m *guestModel) dispatch() (any bool) {
	for i := range m.loaders {
		l := &m.loaders[i]
		if len(l.queue) == 0 {
			continue
		}
		any = true
		var keys []int
		for _, load := range l.queue {
			keys = append(keys, load.key)
		}
		whole := m.cfg.failWhole && slices.Contains(keys, poisonousKey)
		for _, load := range l.queue {
			load.done = true
			load.v, load.err = guestValue(i, load.key), nil
			if whole || load.key%7 == missingKey {
				load.err = errBoom
			}
			if whole {
				delete(l.cache, load.key)
			}
		}
		slices.Sort(keys)
		l.batches, l.queue = append(l.batches, keys), nil
	}
	if any {
		m.rounds++
	}
	return any
}

func (g *modelGuest) wait(ready func() bool) {
	for !ready() {
		g.ready = ready
		g.block(true)
	}
	g.ready = nil
}

func (g *modelGuest) load(loader, key int) *modelLoad {
	l := &g.m.loaders[loader]
	if hit := l.cache[key]; hit != nil {
		return hit
	}
	load := &modelLoad{key: key}
	l.cache[key] = load
	l.queue = append(l.queue, load)
	return load
}

// all blocks until every load is done, or one has failed.
func (g *modelGuest) all(loads ...*modelLoad) ([]int, error) {
	failed := func(l *modelLoad) bool { return l.done && l.err != nil }
	g.wait(func() bool {
		return slices.ContainsFunc(loads, failed) || !slices.ContainsFunc(loads, func(l *modelLoad) bool { return !l.done })
	})
	var values []int
	for _, l := range loads {
		values = append(values, l.v)
	}
	if slices.ContainsFunc(loads, failed) {
		return nil, errBoom
	}
	return values, nil
}

func (g *modelGuest) get(loader, key int) (int, error) {
	values, err := g.all(g.load(loader, key))
	if err != nil {
		return 0, err
	}
	return values[0], nil
}

func (g *modelGuest) getMany(loader int, keys []int) ([]int, error) {
	var loads []*modelLoad
	for _, k := range keys {
		loads = append(loads, g.load(loader, k))
	}
	return g.all(loads...)
}

func (g *modelGuest) both(l, key, m, other int) (int, error) {
	values, err := g.all(g.load(l, key), g.load(m, other))
	if err != nil {
		return 0, err
	}
	return values[0] + 3*values[1], nil
}

func (g *modelGuest) chain(_ bool, l, key, m int, next func(int) int) (int, error) {
	v, err := g.get(l, key)
	if err != nil {
		return 0, err
	}
	return g.get(m, next(v))
}

func (g *modelGuest) call(kind guestKind) (int, error) {
	if kind == gResolve {
		return 4, nil
	}
	return 0, errBoom
}

func (g *modelGuest) yield()             {}
func (g *modelGuest) spawn(b *guestBody) { g.m.start(&modelGuest{m: g.m, group: g.group}, b) }

func (g *modelGuest) nest(_ int, bodies []*guestBody) func() error {
	own := &modelGroup{}
	for _, b := range bodies {
		g.m.start(&modelGuest{m: g.m, group: own}, b)
	}
	return func() error {
		g.wait(func() bool { return own.active == 0 })
		return nil
	}
}

func (g *modelGuest) fail(guestKind) error     { panic(errors.ErrUnsupported) }
func (g *modelGuest) note(id int, text string) { g.m.notes[id] = append(g.m.notes[id], text) }
