// Reading badges with the camera: the engine's own reader where there is one, zxing where not. Loaded on demand.

const LOOK_EVERY_MS = 200;
/** The same badge, still in the picture, is not read again. */
const SAME_FOR_MS = 5000;

/** Why nothing is scanned: `camera` (none, or not for an unsafe address), `refused`, `busy`, `reader` (not on this phone yet). */
export class NoScanner extends Error {
  constructor(why, cause) {
    super(`${why}: ${cause}`);
    this.why = why;
  }
}

/** Starts the camera in the panel's video; calls back with each code. Fails with `NoScanner`. */
export async function startScanner(panel, found) {
  const { zxing, wasm } = panel.dataset;
  const stream = await openCamera();
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  let read;
  try {
    read = await ownReader() || await zxingReader(zxing, wasm);
  } catch (error) {
    stop();
    throw new NoScanner('reader', error);
  }
  const video = panel.querySelector('video');
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  let isOn = true;
  const seen = new Map();
  const look = async () => {
    if (!isOn) return;
    const codes = await read(video).catch(() => []);
    for (const code of codes) {
      if (Date.now() - (seen.get(code) || 0) > SAME_FOR_MS) {
        beep();
        await found(code);
      }
      seen.set(code, Date.now());
    }
    setTimeout(look, LOOK_EVERY_MS);
  };
  look();
  return {
    stop() {
      isOn = false;
      stop();
      video.hidden = true;
    },
  };
}

const WHY = { NotAllowedError: 'refused', SecurityError: 'refused', NotReadableError: 'busy', AbortError: 'busy' };

async function openCamera() {
  const { mediaDevices } = navigator;
  if (!mediaDevices) throw new NoScanner('camera', 'no media devices');
  try {
    return await mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });
  } catch (error) {
    throw new NoScanner(WHY[error.name] || 'camera', error);
  }
}

async function ownReader() {
  if (!('BarcodeDetector' in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes('qr_code')) return null;
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  return async (video) => (await detector.detect(video)).map(({ rawValue }) => rawValue);
}

async function zxingReader(script, wasm) {
  if (!window.ZXingWASM) await load(script);
  const { prepareZXingModule, readBarcodes } = window.ZXingWASM;
  await prepareZXingModule({ overrides: { locateFile: (path) => (path.endsWith('.wasm') ? wasm : path) }, fireImmediately: true });
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    pen.drawImage(video, 0, 0);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const read = await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 2 });
    return read.map(({ text }) => text);
  };
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

function beep() {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 1200;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.08);
    tone.onended = () => audio.close();
  } catch {
    // A phone without sound still shows and vibrates.
  }
}
