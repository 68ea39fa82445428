import type { Position } from './position.ts';

/**
 * Where a country's people, and so its servers, are in about the middle: code, latitude, longitude, in whole and half
 * degrees. Every code of ISO 3166-1 that people live in.
 */
const TABLE =
  'AD 42.5 1.5;AE 25 55;AF 34.5 69;AG 17 -62;AI 18 -63;AL 41 20;AM 40 44.5;AO -9 13.5;AQ -78 167;AR -34 -60;AS -14 -170.5;' +
  'AT 48 15.5;AU -34 149;AW 12.5 -70;AX 60 20;AZ 40.5 49;BA 44 18;BB 13 -59.5;BD 24 90.5;BE 51 4.5;BF 12.5 -1.5;' +
  'BG 42.5 24;BH 26 50.5;BI -3.5 29.5;BJ 6.5 2.5;BL 18 -63;BM 32.5 -65;BN 5 115;BO -17 -66;BQ 12 -68.5;BR -22 -46;' +
  'BS 25 -77.5;BT 27.5 90;BV -54.5 3.5;BW -24.5 26;BY 54 28;BZ 17.5 -88.5;CA 45 -77;CC -12 97;CD -4.5 16;CF 4.5 18.5;' +
  'CG -4 15;CH 47 8;CI 5.5 -4;CK -21 -160;CL -33.5 -70.5;CM 4 11;CN 33 114;CO 5 -74.5;CR 10 -84;CU 23 -81;CV 15 -23.5;' +
  'CW 12 -69;CX -10.5 105.5;CY 35 33;CZ 50 15;DE 51 9.5;DJ 11.5 43;DK 55.5 11.5;DM 15.5 -61.5;DO 18.5 -70;DZ 36.5 3;' +
  'EC -1 -79;EE 59 25;EG 30 31;EH 27 -13;ER 15.5 39;ES 40 -3.5;ET 9 39;FI 60.5 25;FJ -18 178;FK -51.5 -58;FM 7 158;' +
  'FO 62 -7;FR 48 2.5;GA 0.5 9.5;GB 52.5 -1;GD 12 -61.5;GE 42 44.5;GF 5 -52.5;GG 49.5 -2.5;GH 5.5 0;GI 36 -5.5;' +
  'GL 64 -51.5;GM 13.5 -16.5;GN 9.5 -13.5;GP 16 -61.5;GQ 3.5 9;GR 38 23.5;GS -54.5 -36.5;GT 14.5 -90.5;GU 13.5 145;' +
  'GW 12 -15.5;GY 7 -58;HK 22.5 114;HM -53 73.5;HN 14.5 -87;HR 45.5 16;HT 18.5 -72.5;HU 47.5 19;ID -6.5 107.5;' +
  'IE 53 -6.5;IL 32 35;IM 54 -4.5;IN 20 77;IO -7.5 72.5;IQ 33.5 44.5;IR 35 51.5;IS 64 -22;IT 43.5 11;JE 49 -2;' +
  'JM 18 -77;JO 32 36;JP 35.5 138.5;KE -1.5 37;KG 42.5 74.5;KH 11.5 105;KI 1.5 173;KM -12 43.5;KN 17.5 -62.5;' +
  'KP 39 126;KR 37 127.5;KW 29.5 48;KY 19.5 -81;KZ 46 73;LA 18 102.5;LB 34 35.5;LC 14 -61;LI 47 9.5;LK 7 80;' +
  'LR 6.5 -10.5;LS -29.5 27.5;LT 55 24.5;LU 49.5 6;LV 57 24;LY 32.5 14;MA 33.5 -7;MC 43.5 7.5;MD 47 29;ME 42.5 19.5;' +
  'MF 18 -63;MG -19 47.5;MH 7 171;MK 42 21.5;ML 12.5 -8;MM 18 96;MN 48 107;MO 22 113.5;MP 15 145.5;MQ 14.5 -61;' +
  'MR 18 -16;MS 16.5 -62;MT 36 14.5;MU -20 57.5;MV 4 73.5;MW -14 34;MX 20 -100;MY 3 102;MZ -23 34;NA -22.5 17;' +
  'NC -22.5 166.5;NE 13.5 3;NF -29 168;NG 8 5.5;NI 12 -86.5;NL 52 5;NO 60 10.5;NP 27.5 85.5;NR -0.5 167;NU -19 -170;' +
  'NZ -38.5 175.5;OM 23.5 58;PA 9 -79.5;PE -12 -77;PF -17.5 -149.5;PG -8 146.5;PH 14 121.5;PK 31 72;PL 52 19.5;' +
  'PM 47 -56.5;PN -25 -130;PR 18.5 -66.5;PS 32 35;PT 39.5 -9;PW 7.5 134.5;PY -25.5 -57;QA 25.5 51.5;RE -21 55.5;' +
  'RO 45 26;RS 44.5 20.5;RU 55.5 40;RW -2 30;SA 25 45;SB -9.5 160;SC -4.5 55.5;SD 15.5 32.5;SE 59 16;SG 1.5 104;' +
  'SH -16 -5.5;SI 46 14.5;SJ 78 15.5;SK 48.5 18.5;SL 8.5 -13;SM 44 12.5;SN 14.5 -17;SO 2.5 45.5;SR 6 -55;SS 5 31.5;' +
  'ST 0.5 6.5;SV 13.5 -89;SX 18 -63;SY 34.5 37;SZ -26.5 31.5;TC 22 -72;TD 12 15;TF -49.5 70;TG 6.5 1;TH 14 100.5;' +
  'TJ 38.5 69;TK -9 -172;TL -8.5 125.5;TM 38 58.5;TN 36.5 10;TO -21 -175;TR 40 31;TT 10.5 -61.5;TV -8.5 179;' +
  'TW 24.5 121;TZ -6.5 38;UA 50 31;UG 0.5 32.5;UM 19.5 166.5;US 38.5 -92;UY -34.5 -56;UZ 41 69;VA 42 12.5;' +
  'VC 13 -61;VE 10 -67.5;VG 18.5 -64.5;VI 18.5 -65;VN 16 106.5;VU -17.5 168.5;WF -13 -176;WS -14 -172;XK 42.5 21;' +
  'YE 14.5 45;YT -13 45;ZA -27.5 27.5;ZM -15 28.5;ZW -18 31';

const CENTROIDS: ReadonlyMap<string, Position> = new Map(
  TABLE.split(';').map((row) => {
    const [code, latitude, longitude] = row.split(' ');
    return [code!, { latitude: Number(latitude), longitude: Number(longitude) }];
  }),
);

/** About where a country is, for an ISO 3166-1 alpha-2 code in capitals; null for what is none. */
export function countryCentroid(country: string): Position | null {
  return CENTROIDS.get(country) ?? null;
}
