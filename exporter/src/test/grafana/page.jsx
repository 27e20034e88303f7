// A board on a page: Grafana's grid, frames of panels, rows and bar of variables.
import { createTheme, dateTime, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { Component, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import { frames } from './frames.js';
import { prepare, Visualization } from './panels.jsx';

const WIDTH = 1400;
const GAP = 8;
const LINE = 30;
const theme = createTheme({ colors: { mode: 'dark' } });

class Guard extends Component {
  state = { error: undefined };

  static getDerivedStateFromError(error) {
    return { error };
  }

  render() {
    return this.state.error ? (
      <div className="panel-error">{String(this.state.error)}</div>
    ) : (
      this.props.children
    );
  }
}

const column = (WIDTH - 2 * GAP) / 24;

function place({ x, y, w, h }) {
  return {
    position: 'absolute',
    left: GAP + x * column + GAP / 2,
    top: y * (LINE + GAP),
    width: w * column - GAP,
    height: h * (LINE + GAP) - GAP,
  };
}

function Panel({ panel, answers, timeRange }) {
  const [data, setData] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    prepare(panel, frames(panel, answers), theme).then(setData, setError);
  }, []);
  const box = place(panel.gridPos);
  return (
    <div style={box} className="panel" data-title={panel.title}>
      <PanelChrome
        title={panel.title}
        description={panel.description}
        width={box.width}
        height={box.height}
        padding={panel.type === 'table' ? 'none' : 'md'}
      >
        {(width, height) => (
          <Guard>
            {error && <div className="panel-error">{String(error)}</div>}
            {data && <Visualization {...{ panel, data, theme, width, height, timeRange }} />}
          </Guard>
        )}
      </PanelChrome>
    </div>
  );
}

function Variables({ list }) {
  return (
    <div className="variables">
      {list.map(({ name, label }) => (
        <span key={name}>
          <b>{label}</b>
          <i>{name === 'datasource' ? 'Prometheus' : 'All'}</i>
        </span>
      ))}
    </div>
  );
}

function Board({ board, answers, from, to }) {
  const timeRange = { from: dateTime(from * 1000), to: dateTime(to * 1000) };
  timeRange.raw = { from: timeRange.from, to: timeRange.to };
  const lines = Math.max(...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div className="title">{board.title}</div>
      <Variables list={board.templating.list} />
      <div id="grid" style={{ position: 'relative', width: WIDTH, height: lines * (LINE + GAP) }}>
        {board.panels.map((panel) =>
          panel.type === 'row' ? (
            <div key={panel.id} className="row" style={place(panel.gridPos)}>
              ⌄ {panel.title}
            </div>
          ) : (
            <Panel key={panel.id} {...{ panel, timeRange }} answers={answers[panel.id]} />
          )
        )}
      </div>
    </ThemeContext.Provider>
  );
}

window.show = (props) => createRoot(document.getElementById('root')).render(<Board {...props} />);
