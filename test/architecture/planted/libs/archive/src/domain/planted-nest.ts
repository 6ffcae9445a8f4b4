// expect: domain-is-pure-of-nest
export { Injectable } from '@nestjs/common';
