export type Modality = 'CT' | 'MR' | 'CR' | 'DX' | 'US';

/** A device with what makes its pictures its own. Makers are invented. */
export interface Scanner {
  readonly modality: Modality;
  readonly maker: string;
  readonly model: string;
  readonly software: string;
  readonly station: string;
  readonly serial: string;
  /** Index of the hospital that owns it. */
  readonly hospital: number;
  readonly columns: number;
  readonly rows: number;
  readonly bits: 8 | 10 | 12 | 14 | 16;
  readonly signed: boolean;
  /** Noise in units of the modality: Hounsfield for CT, share of full signal otherwise. */
  readonly noise: number;
  /** Passes of a 3 × 3 smoothing: the reconstruction kernel or focal spot. */
  readonly blur: number;
  /** 1 is neutral; stretches contrast around mid-grey in MR, films and ultrasound. */
  readonly contrast: number;
  readonly inverted: boolean;
  readonly colour: boolean;
}

type Given = Partial<Scanner> & Pick<Scanner, 'maker' | 'model' | 'station' | 'serial' | 'columns' | 'rows' | 'noise'>;

const device = (modality: Modality, hospital: number, given: Given): Scanner => ({
  software: 'V4.1.2',
  bits: modality === 'US' ? 8 : 12,
  signed: false,
  blur: 1,
  contrast: 1,
  inverted: false,
  colour: false,
  modality,
  hospital,
  ...given,
});

export const SCANNERS: readonly Scanner[] = [
  device('CT', 0, {
    maker: 'Nordlicht Medical',
    model: 'Spiral 64',
    station: 'CTNORD01',
    serial: '64-20917',
    columns: 256,
    rows: 256,
    noise: 9,
  }),
  device('CT', 1, {
    maker: 'Kestrel Systems',
    model: 'Volume One',
    station: 'CT-KESTREL-2',
    serial: 'KV1-004418',
    columns: 320,
    rows: 320,
    noise: 15,
    blur: 0,
    signed: true,
    bits: 16,
  }),
  device('CT', 2, {
    maker: 'Aoyama Imaging',
    model: 'AquaScan',
    station: 'AOCT7',
    serial: 'A7-33120',
    columns: 192,
    rows: 192,
    noise: 6,
    blur: 2,
    software: 'R12',
  }),
  device('MR', 0, {
    maker: 'Nordlicht Medical',
    model: 'Magnetia 1.5',
    station: 'MRNORD01',
    serial: '15-10388',
    columns: 256,
    rows: 256,
    noise: 0.02,
  }),
  device('MR', 1, {
    maker: 'Kestrel Systems',
    model: 'Tesla Three',
    station: 'MR-KESTREL-1',
    serial: 'KT3-000712',
    columns: 224,
    rows: 224,
    noise: 0.035,
    blur: 0,
    contrast: 1.2,
  }),
  device('MR', 2, {
    maker: 'Aoyama Imaging',
    model: 'OpenField',
    station: 'AOMR2',
    serial: 'A2-88204',
    columns: 176,
    rows: 176,
    noise: 0.05,
    contrast: 0.8,
    software: 'R9.3',
  }),
  device('CR', 0, {
    maker: 'Nordlicht Medical',
    model: 'PlateReader 5',
    station: 'CRNORD03',
    serial: 'PR5-7781',
    columns: 288,
    rows: 352,
    noise: 0.012,
    bits: 10,
    inverted: true,
  }),
  device('CR', 2, {
    maker: 'Solano Radiography',
    model: 'SR-20',
    station: 'SOLCR1',
    serial: 'SR-221907',
    columns: 256,
    rows: 320,
    noise: 0.02,
    blur: 2,
    contrast: 0.85,
  }),
  device('DX', 1, {
    maker: 'Kestrel Systems',
    model: 'FlatPanel X',
    station: 'DX-KESTREL-4',
    serial: 'KFX-120055',
    columns: 320,
    rows: 352,
    noise: 0.008,
    bits: 14,
    contrast: 1.15,
  }),
  device('DX', 2, {
    maker: 'Solano Radiography',
    model: 'Direct 9',
    station: 'SOLDX9',
    serial: 'D9-540117',
    columns: 288,
    rows: 320,
    noise: 0.016,
    inverted: true,
  }),
  device('US', 0, {
    maker: 'Sonarte',
    model: 'Echo S',
    station: 'USSON1',
    serial: 'ES-90033',
    columns: 320,
    rows: 240,
    noise: 0.34,
  }),
  device('US', 1, {
    maker: 'Kestrel Systems',
    model: 'Wave 3',
    station: 'US-KESTREL-3',
    serial: 'KW3-66102',
    columns: 384,
    rows: 288,
    noise: 0.26,
    contrast: 1.15,
    colour: true,
  }),
  device('US', 2, {
    maker: 'Sonarte',
    model: 'Portable P',
    station: 'USSON-P',
    serial: 'PP-00871',
    columns: 280,
    rows: 240,
    noise: 0.42,
    blur: 2,
    contrast: 0.9,
  }),
];

/** @returns the devices of one modality; two of one study are always the same device. */
export function scannersOf(modality: Modality): readonly Scanner[] {
  return SCANNERS.filter((scanner) => scanner.modality === modality);
}
