import { expect } from 'chai';
import { displayProxy, parseProxy, selectProxy } from '../../src/kube/proxy.ts';

interface Row {
  readonly name: string;
  readonly server?: string;
  readonly noProxy: string;
  readonly isProxied: boolean;
}

const rows: readonly Row[] = [
  { name: 'nothing is exempt', noProxy: '', isProxied: true },
  { name: 'an asterisk exempts everything', noProxy: 'a.example, *', isProxied: false },
  { name: 'the very host', noProxy: 'api.example.com', isProxied: false },
  { name: 'the host in capitals', noProxy: 'API.example.COM', isProxied: false },
  { name: 'a domain exempts its hosts', noProxy: 'example.com', isProxied: false },
  { name: 'a domain is no mere suffix', noProxy: 'ample.com', isProxied: true },
  { name: 'a domain with a dot before it exempts its hosts', noProxy: '.example.com', isProxied: false },
  { name: 'a domain with a dot before it is no host', noProxy: '.api.example.com', isProxied: true },
  { name: 'a domain with an asterisk before it exempts its hosts', noProxy: '*.example.com', isProxied: false },
  { name: 'the host with its port', noProxy: 'api.example.com:6443', isProxied: false },
  { name: 'the host with another port', noProxy: 'api.example.com:443', isProxied: true },
  {
    name: 'the port that a scheme implies',
    server: 'https://api.example.com',
    noProxy: 'example.com:443',
    isProxied: false,
  },
  { name: 'an address', server: 'https://10.1.2.3:6443', noProxy: '10.1.2.3', isProxied: false },
  { name: 'an address with its port', server: 'https://10.1.2.3:6443', noProxy: '10.1.2.3:6443', isProxied: false },
  { name: 'an address with another port', server: 'https://10.1.2.3:6443', noProxy: '10.1.2.3:1', isProxied: true },
  { name: 'a network', server: 'https://10.1.2.3:6443', noProxy: '10.0.0.0/8', isProxied: false },
  { name: 'another network', server: 'https://11.1.2.3:6443', noProxy: '10.0.0.0/8', isProxied: true },
  { name: 'a network does not look names up', noProxy: '0.0.0.0/0', isProxied: true },
  { name: 'a network that is none', server: 'https://10.1.2.3:6443', noProxy: '10.0.0.0/99', isProxied: true },
  { name: 'a suffix is no address', server: 'https://10.1.2.3:6443', noProxy: '.2.3,2.3', isProxied: true },
  { name: 'an IPv6 address', server: 'https://[fd00::1]:6443', noProxy: 'fd00::1', isProxied: false },
  {
    name: 'an IPv6 address with its port',
    server: 'https://[fd00::1]:6443',
    noProxy: '[fd00::1]:6443',
    isProxied: false,
  },
  { name: 'an IPv6 network', server: 'https://[fd00::1]:6443', noProxy: 'fd00::/16', isProxied: false },
  { name: 'an entry that is no host', noProxy: ' , :6443, [, ', isProxied: true },
  { name: 'this machine by name', server: 'https://localhost:6443', noProxy: '', isProxied: false },
  { name: 'this machine by address', server: 'https://127.0.0.5:6443', noProxy: '', isProxied: false },
  { name: 'this machine by IPv6 address', server: 'https://[::1]:6443', noProxy: '', isProxied: false },
];

describe('NO_PROXY', () => {
  for (const { name, server = 'https://api.example.com:6443', noProxy, isProxied } of rows) {
    it(`${isProxied ? 'leaves to the proxy' : 'exempts'}: ${name}`, () => {
      const environment = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy };
      expect(selectProxy(server, environment)).to.equal(isProxied ? 'http://proxy:3128/' : undefined);
    });
  }
});

describe('HTTPS_PROXY', () => {
  it('may be written in lower case, and capitals win', () => {
    expect(selectProxy('https://a.example', { https_proxy: 'http://lower:1' })).to.equal('http://lower:1/');
    expect(selectProxy('https://a.example', { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' })).to.equal(
      'http://upper:1/',
    );
  });

  it('says nothing about plain HTTP, which has its own', () => {
    expect(selectProxy('http://a.example', { HTTPS_PROXY: 'http://p:1' })).to.equal(undefined);
    expect(selectProxy('http://a.example', { HTTP_PROXY: 'http://p:1' })).to.equal('http://p:1/');
  });

  it('may leave out the scheme', () => {
    expect(parseProxy('proxy:3128', 'HTTPS_PROXY')).to.equal('http://proxy:3128/');
  });

  it('must be an HTTP proxy, and its password stays out of the message', () => {
    expect(() => parseProxy('socks5://me:secret@proxy:1080', 'HTTPS_PROXY'))
      .to.throw(TypeError, 'HTTPS_PROXY must be the address of an HTTP proxy')
      .with.property('message')
      .that.does.not.include('secret');
  });

  it('is shown without its password', () => {
    expect(displayProxy('http://me:secret@proxy:3128/')).to.equal('http://proxy:3128');
  });
});
