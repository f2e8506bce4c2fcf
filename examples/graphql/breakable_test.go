// Databases that can be stopped in the middle of a statement: PostgreSQL behind a proxy that cuts every connection, and
// SQLite behind a driver that closes them.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy passes bytes on to PostgreSQL while it is up.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
	wait  sync.WaitGroup
}

func breakablePostgres(t *testing.T) breakable {
	u, err := url.Parse(newPostgresDatabase(t))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, target: u.Host, conns: map[net.Conn]bool{}}
	p.wait.Go(p.accept)
	t.Cleanup(func() {
		p.listener.Close()
		p.stop()
		p.wait.Wait()
	})
	u.Host = listener.Addr().String()
	return breakable{openTest(t, u.String()), p.stop, p.start}
}

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			near.Close()
			continue
		}
		p.mu.Lock()
		if p.down {
			near.Close()
			far.Close()
		} else {
			p.conns[near], p.conns[far] = true, true
			p.wait.Go(func() { p.pass(near, far) })
			p.wait.Go(func() { p.pass(far, near) })
		}
		p.mu.Unlock()
	}
}

func (p *proxy) pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, to)
	delete(p.conns, from)
}

func (p *proxy) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for conn := range p.conns {
		conn.Close()
	}
}

func (p *proxy) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

// switched is SQLite's driver with a switch. What runs when it is turned off is interrupted in SQLite itself.
type switched struct {
	sqlite driver.Driver
	dsn    string

	mu  sync.Mutex
	up  context.Context // ends when the switch is turned off
	off context.CancelCauseFunc
}

func breakableSQLite(t *testing.T) breakable {
	plain, err := sql.Open("sqlite", "")
	require.NoError(t, err)
	require.NoError(t, plain.Close())
	d := &switched{sqlite: plain.Driver(), dsn: sqliteDSN(t.TempDir() + "/graph.db")}
	d.start()
	s := newSQLite(sql.OpenDB(d))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.fill(t.Context(), testUsers, silent))
	return breakable{s, d.stop, d.start}
}

func (d *switched) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.up, d.off = context.WithCancelCause(context.Background())
}

func (d *switched) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off(errStopped)
}

// Connect implements driver.Connector.
func (d *switched) Connect(context.Context) (driver.Conn, error) {
	d.mu.Lock()
	up := d.up
	d.mu.Unlock()
	if up.Err() != nil {
		return nil, errStopped
	}
	conn, err := d.sqlite.Open(d.dsn)
	if err != nil {
		return nil, err
	}
	return &switchedConn{conn.(sqliteConn), up}, nil
}

func (d *switched) Driver() driver.Driver { return d.sqlite }

type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

// switchedConn belongs to the time between two turns of the switch, and is bad afterwards.
type switchedConn struct {
	sqliteConn
	up context.Context
}

// IsValid implements driver.Validator: database/sql closes what is not.
func (c *switchedConn) IsValid() bool { return c.up.Err() == nil }

func (c *switchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.up.Err() != nil {
		return nil, driver.ErrBadConn
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.up, cancel)
	rows, err := c.sqliteConn.QueryContext(ctx, query, args)
	if err != nil {
		stop()
		cancel()
		if c.up.Err() != nil {
			err = errStopped
		}
		return nil, err
	}
	return &switchedRows{rows, func() { stop(); cancel() }}, nil
}

type switchedRows struct {
	driver.Rows
	release func()
}

func (r *switchedRows) Close() error {
	defer r.release()
	return r.Rows.Close()
}
