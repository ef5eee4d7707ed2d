/** SPDX licence identifiers, deprecated ones too, lower-case to be compared (from `spdx-license-ids` 3.0.23, CC0). */
const spdxIds = `
    0bsd 3d-slicer-1.0 aal adsl afl-1.1 afl-1.2 afl-2.0 afl-2.1 afl-3.0 agpl-1.0 agpl-1.0-only agpl-1.0-or-later agpl-3.0
    agpl-3.0-only agpl-3.0-or-later alglib-documentation amd-newlib amdplpa aml aml-glslang ampas antlr-pd antlr-pd-fallback
    apafml apl-1.0 apsl-1.0 apsl-1.1 apsl-1.2 apsl-2.0 aswf-digital-assets-1.0 aswf-digital-assets-1.1 abstyles adacore-doc
    adobe-2006 adobe-display-postscript adobe-glyph adobe-utopia advanced-cryptics-dictionary afmparse aladdin apache-1.0
    apache-1.1 apache-2.0 app-s2p arphic-1999 artistic-1.0 artistic-1.0-perl artistic-1.0-cl8 artistic-2.0 artistic-dist
    aspell-ru bola-1.1 bsd-1-clause bsd-2-clause bsd-2-clause-darwin bsd-2-clause-freebsd bsd-2-clause-netbsd
    bsd-2-clause-patent bsd-2-clause-views bsd-2-clause-first-lines bsd-2-clause-pkgconf-disclaimer bsd-3-clause
    bsd-3-clause-attribution bsd-3-clause-clear bsd-3-clause-hp bsd-3-clause-lbnl bsd-3-clause-modification
    bsd-3-clause-no-military-license bsd-3-clause-no-nuclear-license bsd-3-clause-no-nuclear-license-2014
    bsd-3-clause-no-nuclear-warranty bsd-3-clause-open-mpi bsd-3-clause-sun bsd-3-clause-tso bsd-3-clause-acpica
    bsd-3-clause-flex bsd-4-clause bsd-4-clause-shortened bsd-4-clause-uc bsd-4.3reno bsd-4.3tahoe
    bsd-advertising-acknowledgement bsd-attribution-hpnd-disclaimer bsd-inferno-nettverk bsd-mark-modifications bsd-protection
    bsd-source-code bsd-source-beginning-file bsd-systemics bsd-systemics-w3works bsl-1.0 busl-1.1 baekmuk bahyph barr beerware
    bittorrent-1.0 bittorrent-1.1 bitstream-charter bitstream-vera blueoak-1.0.0 boehm-gc boehm-gc-without-fee borceux
    brian-gladman-2-clause brian-gladman-3-clause buddy c-uda-1.0 cal-1.0 cal-1.0-combined-work-exception capec-tou catosl-1.1
    cc-by-1.0 cc-by-2.0 cc-by-2.5 cc-by-2.5-au cc-by-3.0 cc-by-3.0-at cc-by-3.0-au cc-by-3.0-de cc-by-3.0-igo cc-by-3.0-nl
    cc-by-3.0-us cc-by-4.0 cc-by-nc-1.0 cc-by-nc-2.0 cc-by-nc-2.5 cc-by-nc-3.0 cc-by-nc-3.0-de cc-by-nc-4.0 cc-by-nc-nd-1.0
    cc-by-nc-nd-2.0 cc-by-nc-nd-2.5 cc-by-nc-nd-3.0 cc-by-nc-nd-3.0-de cc-by-nc-nd-3.0-igo cc-by-nc-nd-4.0 cc-by-nc-sa-1.0
    cc-by-nc-sa-2.0 cc-by-nc-sa-2.0-de cc-by-nc-sa-2.0-fr cc-by-nc-sa-2.0-uk cc-by-nc-sa-2.5 cc-by-nc-sa-3.0 cc-by-nc-sa-3.0-de
    cc-by-nc-sa-3.0-igo cc-by-nc-sa-4.0 cc-by-nd-1.0 cc-by-nd-2.0 cc-by-nd-2.5 cc-by-nd-3.0 cc-by-nd-3.0-de cc-by-nd-4.0
    cc-by-sa-1.0 cc-by-sa-2.0 cc-by-sa-2.0-uk cc-by-sa-2.1-jp cc-by-sa-2.5 cc-by-sa-3.0 cc-by-sa-3.0-at cc-by-sa-3.0-de
    cc-by-sa-3.0-igo cc-by-sa-4.0 cc-pddc cc-pdm-1.0 cc-sa-1.0 cc0-1.0 cddl-1.0 cddl-1.1 cdl-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 cdla-sharing-1.0 cecill-1.0 cecill-1.1 cecill-2.0 cecill-2.1 cecill-b cecill-c cern-ohl-1.1 cern-ohl-1.2
    cern-ohl-p-2.0 cern-ohl-s-2.0 cern-ohl-w-2.0 cfitsio cmu-mach cmu-mach-nodoc cnri-jython cnri-python
    cnri-python-gpl-compatible coil-1.0 cpal-1.0 cpl-1.0 cpol-1.02 cua-opl-1.0 caldera caldera-no-preamble catharon clartistic
    clips community-spec-1.0 condor-1.1 cornell-lossless-jpeg cronyx crossword cryptoswift crystalstacker cube d-fsl-1.0
    dec-3-clause dl-de-by-2.0 dl-de-zero-2.0 doc drl-1.0 drl-1.1 dsdp docbook-dtd docbook-schema docbook-stylesheet docbook-xml
    dotseqn ecl-1.0 ecl-2.0 efl-1.0 efl-2.0 epics epl-1.0 epl-2.0 esa-pl-permissive-2.4 esa-pl-strong-copyleft-2.4
    esa-pl-weak-copyleft-2.4 eudatagrid eupl-1.0 eupl-1.1 eupl-1.2 elastic-2.0 entessa erlpl-1.1 eurosym fbm fdk-aac fsfap
    fsfap-no-warranty-disclaimer fsful fsfullr fsfullrsd fsfullrwd fsl-1.1-alv2 fsl-1.1-mit ftl fair ferguson-twofish
    frameworx-1.0 freebsd-doc freeimage furuseth gcr-docs gd gfdl-1.1 gfdl-1.1-invariants-only gfdl-1.1-invariants-or-later
    gfdl-1.1-no-invariants-only gfdl-1.1-no-invariants-or-later gfdl-1.1-only gfdl-1.1-or-later gfdl-1.2
    gfdl-1.2-invariants-only gfdl-1.2-invariants-or-later gfdl-1.2-no-invariants-only gfdl-1.2-no-invariants-or-later
    gfdl-1.2-only gfdl-1.2-or-later gfdl-1.3 gfdl-1.3-invariants-only gfdl-1.3-invariants-or-later gfdl-1.3-no-invariants-only
    gfdl-1.3-no-invariants-or-later gfdl-1.3-only gfdl-1.3-or-later gl2ps glwtpl gpl-1.0 gpl-1.0-only gpl-1.0-or-later gpl-2.0
    gpl-2.0-only gpl-2.0-or-later gpl-2.0-with-gcc-exception gpl-2.0-with-autoconf-exception gpl-2.0-with-bison-exception
    gpl-2.0-with-classpath-exception gpl-2.0-with-font-exception gpl-3.0 gpl-3.0-only gpl-3.0-or-later
    gpl-3.0-with-gcc-exception gpl-3.0-with-autoconf-exception game-programming-gems giftware glide glulxe graphics-gems gutmann
    hdf5 hidapi hp-1986 hp-1989 hpnd hpnd-dec hpnd-fenneberg-livingston hpnd-inria-imag hpnd-intel hpnd-kevlin-henney
    hpnd-mit-disclaimer hpnd-markus-kuhn hpnd-netrek hpnd-pbmplus hpnd-smc hpnd-uc hpnd-uc-export-us hpnd-doc hpnd-doc-sell
    hpnd-export-us hpnd-export-us-acknowledgement hpnd-export-us-modify hpnd-export2-us hpnd-merchantability-variant
    hpnd-sell-mit-disclaimer-xserver hpnd-sell-regexpr hpnd-sell-variant hpnd-sell-variant-mit-disclaimer
    hpnd-sell-variant-mit-disclaimer-rev hpnd-sell-variant-critical-systems htmltidy haskellreport hippocratic-2.1 ibm-pibs icu
    iec-code-components-eula ijg ijg-short ipa ipl-1.0 isc isc-veillard iso-permission imagemagick imlib2 info-zip inner-net-2.0
    innosetup intel intel-acpi interbase-1.0 jpl-image jpnic json jam jasper-2.0 kastrup kazlib knuth-ctan lal-1.2 lal-1.3
    lgpl-2.0 lgpl-2.0-only lgpl-2.0-or-later lgpl-2.1 lgpl-2.1-only lgpl-2.1-or-later lgpl-3.0 lgpl-3.0-only lgpl-3.0-or-later
    lgpllr loop lpd-document lpl-1.0 lpl-1.02 lppl-1.0 lppl-1.1 lppl-1.2 lppl-1.3a lppl-1.3c lzma-sdk-9.11-to-9.20 lzma-sdk-9.22
    latex2e latex2e-translated-notice leptonica liliq-p-1.1 liliq-r-1.1 liliq-rplus-1.1 libpng linux-openib
    linux-man-pages-1-para linux-man-pages-copyleft linux-man-pages-copyleft-2-para linux-man-pages-copyleft-var
    lucida-bitmap-fonts mips mit mit-0 mit-cmu mit-click mit-festival mit-khronos-old mit-modern-variant mit-stk mit-wu
    mit-advertising mit-enna mit-feh mit-open-group mit-testregex mitnfa mmixware mmpl-1.0.1 mpeg-ssg mpl-1.0 mpl-1.1 mpl-2.0
    mpl-2.0-no-copyleft-exception ms-lpl ms-pl ms-rl mtll mackerras-3-clause mackerras-3-clause-acknowledgment makeindex
    martin-birgmeier mcphee-slideshow minpack miros motosoto mulanpsl-1.0 mulanpsl-2.0 multics mup naist-2003 nasa-1.3 nbpl-1.0
    ncbi-pd ncgl-uk-2.0 ncl ncsa ngpl nicta-1.0 nist-pd nist-pd-tnt nist-pd-fallback nist-software nlod-1.0 nlod-2.0 nlpl nosl
    npl-1.0 npl-1.1 nposl-3.0 nrl ntia-pd ntp ntp-0 naumen net-snmp netcdf newsletr nokia noweb nunit o-uda-1.0 oar occt-pl
    oclc-2.0 odc-by-1.0 odbl-1.0 offis ofl-1.0 ofl-1.0-rfn ofl-1.0-no-rfn ofl-1.1 ofl-1.1-rfn ofl-1.1-no-rfn ogc-1.0
    ogdl-taiwan-1.0 ogl-canada-2.0 ogl-uk-1.0 ogl-uk-2.0 ogl-uk-3.0 ogtsl oldap-1.1 oldap-1.2 oldap-1.3 oldap-1.4 oldap-2.0
    oldap-2.0.1 oldap-2.1 oldap-2.2 oldap-2.2.1 oldap-2.2.2 oldap-2.3 oldap-2.4 oldap-2.5 oldap-2.6 oldap-2.7 oldap-2.8 olfl-1.3
    oml opl-1.0 opl-uk-3.0 opubl-1.0 osc-1.0 oset-pl-2.1 osl-1.0 osl-1.1 osl-2.0 osl-2.1 osl-3.0 ossp openmdw-1.0 openpbs-2.3
    openssl openssl-standalone openvision padl pddl-1.0 php-3.0 php-3.01 ppl psf-2.0 paratype-free-font-1.3 parity-6.0.0
    parity-7.0.0 pixar plexus polyform-noncommercial-1.0.0 polyform-small-business-1.0.0 postgresql python-2.0 python-2.0.1
    qpl-1.0 qpl-1.0-inria-2004 qhull rhecos-1.1 rpl-1.1 rpl-1.5 rpsl-1.0 rsa-md rscpl rdisc ruby ruby-pty sax-pd sax-pd-2.0 scea
    sgi-b-1.0 sgi-b-1.1 sgi-b-2.0 sgi-opengl sgmlug-pm sgp4 shl-0.5 shl-0.51 sissl sissl-1.2 sl smail-gpl smlnj smppl snia sofa
    spl-1.0 ssh-openssh ssh-short ssleay-standalone sspl-1.0 sul-1.0 swl saxpath schemereport sendmail sendmail-8.23
    sendmail-open-source-1.1 simpl-2.0 sleepycat soundex spencer-86 spencer-94 spencer-99 standardml-nj sugarcrm-1.1.3 sun-ppp
    sun-ppp-2000 sunpro symlinks tapr-ohl-1.0 tcl tcp-wrappers tgppl-1.0 tmate torque-1.1 tosl tpdl tpl-1.0 ttwl ttyp0
    tu-berlin-1.0 tu-berlin-2.0 tekhvc termreadkey thirdeye trustedqsl ucar ucl-1.0 umich-merit upl-1.0 urt-rle ubuntu-font-1.0
    unrar unicode-3.0 unicode-dfs-2015 unicode-dfs-2016 unicode-tou unixcrypt unlicense unlicense-libtelnet
    unlicense-libwhirlpool vostrom vsl-1.0 vim vixie-cron w3c w3c-19980720 w3c-20150513 wtfnmfpl wtfpl watcom-1.0
    widget-workshop wordnet wsuipa x11 x11-distribute-modifications-variant x11-no-permit-persons x11-swapped xfree86-1.1 xskat
    xdebug-1.03 xerox xfig xnet ypl-1.0 ypl-1.1 zpl-1.1 zpl-2.0 zpl-2.1 zed zeeff zend-2.0 zimbra-1.3 zimbra-1.4 zlib any-osi
    any-osi-perl-modules bcrypt-solar-designer blessing bzip2-1.0.5 bzip2-1.0.6 check-cvs checkmk copyleft-next-0.3.0
    copyleft-next-0.3.1 curl cve-tou diffmark dtoa dvipdfm ecos-2.0 egenix etalab-2.0 fwlw gsoap-1.3b generic-xts gnuplot
    gtkbook hdparm hyphen-bulgarian imatix jove libpng-1.6.35 libpng-2.0 libselinux-1.0 libtiff libutil-david-nugent lsof magaz
    mailprio man2html metamail mpi-permissive mpich2 mplus ngrep pkgconf pnmstitch psfrag psutils python-ldap radvd snprintf
    softsurfer ssh-keyscan swrule threeparttable ulem w3m wwl wxwindows xinetd xkeyboard-config-zinoviev xlock xpp xzoom
    zlib-acknowledgement
`;

/** Names that model hubs use for licences beside SPDX's. */
const hubLicenses =
  'openrail openrail++ creativeml-openrail-m bigscience-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 gemma deepfloyd-if-license apple-amlr apple-ascl open-mdw c-uda fair-noncommercial-research-license intel-research cc bsd gpl lgpl';

const known: ReadonlySet<string> = new Set(`${spdxIds} ${hubLicenses}`.trim().split(/\s+/));

/** Whether a licence is called by a name that is known: an SPDX id or what hubs call it. Case does not matter. */
export function isKnownLicense(name: string): boolean {
  return known.has(name.toLowerCase());
}
