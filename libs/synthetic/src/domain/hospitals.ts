/** Three invented hospitals; each owns some of the devices (`Scanner.hospital`). */
export interface Hospital {
  readonly name: string;
  readonly address: string;
  readonly department: string;
  readonly operators: readonly string[];
}

export const HOSPITALS: readonly [Hospital, Hospital, Hospital] = [
  {
    name: 'Klinikum Neuwaldingen',
    address: 'Quellenring 4, 00117 Neuwaldingen',
    department: 'Radiologie Haus B',
    operators: ['Fenchel^Renate', 'Dorsch^Albin'],
  },
  {
    name: 'Port Ellerby Infirmary',
    address: '12 Beacon Terrace, Port Ellerby',
    department: 'Imaging Dept 2',
    operators: ['Ashgrove^Tamsin', 'Brindle^Hugo'],
  },
  {
    name: 'Centre Hospitalier Saint-Arvel',
    address: '8 quai des Tanneurs, Saint-Arvel',
    department: 'Service de radiologie',
    operators: ['Marchemin^Odile', 'Roussillac^Paul'],
  },
];
