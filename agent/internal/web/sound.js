// Tones, so that hands and eyes can stay at the parcel. Each word has its own:
// well is high and short, ill is low and long.

const tones = { // [Hz, ms] one after the other; 0 Hz is a rest
  well: [[988, 70], [1319, 110]],
  more: [[1047, 60]],
  again: [[659, 110], [0, 60], [659, 110]],
  missing: [[220, 420]],
  stop: [[392, 140], [311, 140], [233, 360]],
  asked: [[523, 120], [698, 180]],
};

let context = null;

// play plays one of tones. Where the browser allows no sound there is none.
export function play(name) {
  try {
    context ??= new AudioContext();
    context.resume();
    let at = context.currentTime + 0.01;
    for (const [pitch, ms] of tones[name]) {
      if (pitch) tone(pitch, at, ms / 1000, name === "stop" || name === "missing" ? "square" : "triangle");
      at += ms / 1000;
    }
  } catch { /* a page without sound still shows */ }
}

function tone(pitch, at, length, shape) {
  const o = context.createOscillator(), g = context.createGain();
  o.type = shape;
  o.frequency.value = pitch;
  g.gain.setValueAtTime(0, at);
  g.gain.linearRampToValueAtTime(shape === "square" ? 0.12 : 0.3, at + 0.008);
  g.gain.setValueAtTime(shape === "square" ? 0.12 : 0.3, at + length - 0.02);
  g.gain.linearRampToValueAtTime(0, at + length);
  o.connect(g).connect(context.destination);
  o.start(at);
  o.stop(at + length);
}
