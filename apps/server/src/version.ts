/** The version of the software, in every provenance record and in the API description. A test holds it to package.json. */
export const VERSION = '0.1.0';
